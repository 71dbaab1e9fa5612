"""Reading an exercise's folder; every error names the file and what was meant."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import yaml

from ..kernel.errors import KernelError
from .exercise import Check, Exercise, Part, Prediction, Question, Words
from .values import KINDS

#: The keys of lab.yaml, and which of them must be there.
_KEYS = (
    *("title", "docker", "minutes", "level", "checks", "needs", "vars", "scene"),
    *("questions", "predict", "hints", "debrief", "limits"),
)
_REQUIRED = _KEYS[:5]
_IN_CHECK = ("id", "title")
_NUMBERED = re.compile(r"\d+-(?P<id>[a-z0-9][a-z0-9-]*)")


class BadExercise(KernelError):
    """An exercise that its author has to mend. Exit code 2."""

    exit_code = 2


def read_part(folder: str, first: int) -> Part:
    """A part: the exercises in `folder`, numbered from `first`. Raises `BadExercise`."""
    path = os.path.join(folder, "part.yaml")
    data = _keys(_read(path), path, ("title", "challenge"), ("title",))
    names = [name for name in sorted(os.listdir(folder)) if _NUMBERED.fullmatch(name)]
    part = id_of(folder)
    exercises = [
        read_exercise(os.path.join(folder, name), part, first + place)
        for place, name in enumerate(names)
        if os.path.isfile(os.path.join(folder, name, "lab.yaml"))
    ]
    return Part(part, _words(data["title"], path), str(data.get("challenge", "")), tuple(exercises))


def id_of(folder: str) -> str:
    """``wires`` of ``…/010-wires``."""
    name = os.path.basename(os.path.normpath(folder))
    found = _NUMBERED.fullmatch(name)
    return found["id"] if found else name


def read_exercise(folder: str, part: str, number: int) -> Exercise:
    """An exercise. Raises `BadExercise`."""
    path = os.path.join(folder, "lab.yaml")
    data = _keys(_read(path), path, _KEYS, _REQUIRED)
    limits = _keys(data.get("limits", {}), f"{path}: limits", ("checks",))
    return Exercise(
        id=id_of(folder),
        number=number,
        part=part,
        folder=folder,
        title=_words(data["title"], f"{path}: title"),
        docker=str(data["docker"]),
        minutes=int(data["minutes"]),
        level=int(data["level"]),
        checks=_checks(data["checks"], path),
        needs=tuple(map(str, data.get("needs") or ())),
        vars=_vars(data.get("vars") or {}, path),
        scene=_mapping(data.get("scene") or {}, f"{path}: scene"),
        questions=_questions(data.get("questions") or {}, path),
        predict=_prediction(data.get("predict"), f"{path}: predict"),
        hints={str(k): _words(v, f"{path}: hints") for k, v in (data.get("hints") or {}).items()},
        debrief=_keys(
            data.get("debrief") or {}, f"{path}: debrief", ("trace", "docker", "rules", "words")
        ),
        checks_allowed=int(limits.get("checks", 0)),
    )


def _checks(data: Any, path: str) -> tuple[Check, ...]:
    found: list[Check] = []
    for place, each in enumerate(data, start=1):
        at = f"{path}: checks, number {place}"
        one = _mapping(each, at)
        kinds = [key for key in one if key not in _IN_CHECK]
        if len(kinds) != 1:
            raise BadExercise(at, f"it needs an id and one assertion, not {', '.join(kinds) or 0}")
        known = assertions()
        if kinds[0] not in known:
            raise BadExercise(f"{at}: no assertion {kinds[0]!r}", f"there are {', '.join(known)}")
        name = str(one.get("id") or kinds[0])
        if name in (other.id for other in found):
            raise BadExercise(f"{at}: two checks are called {name}")
        title = _words(one["title"], at) if "title" in one else {}
        given = one[kinds[0]]
        found.append(
            Check(name, kinds[0], given if isinstance(given, Mapping) else {"": given}, title)
        )
    return tuple(found)


def assertions() -> list[str]:
    """The kinds of assertions there are: the files of that folder."""
    folder = os.path.join(os.path.dirname(__file__), "assertions")
    names = (name.removesuffix(".py") for name in os.listdir(folder) if name.endswith(".py"))
    return sorted(name for name in names if not name.startswith("_"))


def _vars(data: Any, path: str) -> Mapping[str, Any]:
    found = _mapping(data, f"{path}: vars")
    for name, how in found.items():
        if isinstance(how, Mapping) and (len(how) != 1 or next(iter(how)) not in KINDS):
            raise BadExercise(
                f"{path}: vars: {name}", f"write one of {', '.join(KINDS)}, or a text"
            )
    return found


def _questions(data: Any, path: str) -> tuple[Question, ...]:
    found = []
    for name, each in _mapping(data, f"{path}: questions").items():
        at = f"{path}: questions: {name}"
        one = _keys(each, at, ("ask", "choices", "answer"), ("ask", "answer"))
        choices = tuple(_words(choice, at) for choice in one.get("choices") or ())
        found.append(Question(str(name), _words(one["ask"], at), choices, str(one["answer"])))
    return tuple(found)


def _prediction(data: Any, at: str) -> Prediction | None:
    if not data:
        return None
    names = ("ask", "choices", "answer", "because")
    one = _keys(data, at, names, names)
    choices = tuple(_words(each, at) for each in one["choices"])
    if not 1 <= int(one["answer"]) <= len(choices):
        raise BadExercise(f"{at}: answer {one['answer']}", f"there are {len(choices)} choices")
    words = _words(one["ask"], at), _words(one["because"], at)
    return Prediction(words[0], choices, int(one["answer"]), words[1])


def _words(data: Any, at: str) -> Words:
    """A text in all languages; a plain one is the same in each."""
    if isinstance(data, Mapping):
        return {str(language): str(text).strip() for language, text in data.items()}
    return {"en": str(data).strip()}


def _read(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise BadExercise(f"cannot read {path}", error.strerror or str(error)) from None
    except yaml.YAMLError as error:
        raise BadExercise(f"{path} is not YAML", " ".join(str(error).split())) from None


def _mapping(data: Any, at: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise BadExercise(at, f"it must be a mapping (name: value), not {type(data).__name__}")
    return dict(data)


def _keys(
    data: Any, at: str, known: tuple[str, ...], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    found = _mapping(data, at)
    odd = [str(key) for key in found if key not in known]
    missing = [key for key in required if key not in found]
    if odd:
        raise BadExercise(f"{at}: unknown key {odd[0]!r}", f"known are {', '.join(known)}")
    if missing:
        raise BadExercise(f"{at}: {missing[0]} is missing")
    return found
