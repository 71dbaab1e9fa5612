"""What can be proved of an exercise by reading it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .. import script, texts
from ..exercise import LANGUAGES, Exercise, Words, filled
from ..library import exercises, parts
from ..reading import BadExercise
from ..values import draw

_BLANK = re.compile(r"\$\{\w+\}")
_COMMAND = re.compile(r"(?:[$#]\s+)?(?:sudo\s+)?(?:ip|nft|sysctl|bridge|iptables)\s")
_ID = re.compile(r"[A-Z][A-Z0-9]*\.[A-Z0-9_]+")
_FENCE = re.compile(r"\s*(```|~~~)")


def faults(exercise: Exercise) -> list[str]:
    """What is wrong with its words, each with the file that it stands in."""
    values = draw(exercise, 1)
    properties = (
        lambda: _files(exercise, values),
        lambda: _settings(exercise, values),
        lambda: _ids(exercise),
        lambda: _also(exercise),
        lambda: _needs(exercise),
        lambda: _part(exercise),
    )
    return [fault for part in properties for fault in _told(part)]


def _told(part: Callable[[], Iterator[str]]) -> Iterator[str]:
    """The faults, and what cannot be read at all."""
    try:
        yield from part()
    except BadExercise as error:
        yield str(error)


def _files(exercise: Exercise, values: Mapping[str, str]) -> Iterator[str]:
    for name in ("task", "after"):
        found: dict[str, str] = {}
        for language in LANGUAGES:
            path = exercise.path(f"{name}.{language}.md")
            if not os.path.isfile(path):
                yield f"{path}: it is missing"
                continue
            with open(path, encoding="utf-8") as file:
                found[language] = file.read()
            if not found[language].strip():
                yield f"{path}: it is empty"
            left = _BLANK.findall(exercise.text(name, language, values))
            if left:
                yield f"{path}: {left[0]} is no value of lab.yaml's vars"
            if name == "task":
                yield from _pasted(path, found[language])
        yield from _differences(exercise.path(f"{name}.*.md"), found)


def _differences(at: str, found: Words) -> Iterator[str]:
    """Do all languages name the same values?"""
    named = {language: set(_BLANK.findall(text)) for language, text in found.items()}
    for language, names in named.items():
        missing = sorted(set().union(*named.values()) - names)
        if missing:
            yield f"{at}: {missing[0]} is not named in {language}"


def _pasted(path: str, text: str) -> Iterator[str]:
    """Commands in the task would be pasted, not thought of."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif (fenced or line.startswith(("    ", "\t"))) and _COMMAND.match(line.strip()):
            yield f"{path}:{number}: a command to paste ({line.strip()}): say what has to be so"


def _settings(exercise: Exercise, values: Mapping[str, str]) -> Iterator[str]:
    """Texts of lab.yaml: in every language, with nothing left to fill in."""
    path = exercise.path("lab.yaml")
    for at, words in _texts(exercise):
        for language in LANGUAGES:
            if not words.get(language):
                yield f"{path}: {at}: there is no text in {language}"
        yield from _differences(f"{path}: {at}", words)
    parts = {
        "scene": exercise.scene,
        "checks": [each.given for each in exercise.checks],
        "debrief": exercise.debrief,
        "questions": [[each.answer, each.ask, each.choices] for each in exercise.questions],
        "hints": exercise.hints,
        "vars": dict(values),
    }
    if exercise.predict:
        asked = exercise.predict
        parts["predict"] = [asked.ask, asked.choices, asked.because]
    for name, part in parts.items():
        left = _BLANK.findall(" ".join(_strings(filled(part, values))))
        if left:
            yield f"{path}: {name}: {left[0]} is no value of vars"


def _texts(exercise: Exercise) -> Iterator[tuple[str, Words]]:
    yield "title", exercise.title
    for check in exercise.checks:
        if check.title:
            yield f"checks: {check.id}: title", check.title
    for question in exercise.questions:
        yield f"questions: {question.id}", question.ask
        yield from _choices(f"questions: {question.id}", question.choices)
    if exercise.predict:
        yield "predict: ask", exercise.predict.ask
        yield from _choices("predict", exercise.predict.choices)
        yield "predict: because", exercise.predict.because
    for name, words in exercise.hints.items():
        yield f"hints: {name}", words


def _choices(at: str, choices: Sequence[Words]) -> Iterator[tuple[str, Words]]:
    """An address or a name is the same in all languages; more than that has to be translated."""
    for number, each in enumerate(choices, start=1):
        if len(each) > 1 or len(each.get(LANGUAGES[0], "").split()) > 2:
            yield f"{at}: choice {number}", each


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _strings(key)
            yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)
    else:
        yield str(value)


def _ids(exercise: Exercise) -> Iterator[str]:
    """Every id that the exercise declares means something, in each language."""
    for at, declared in _declared(exercise):
        for language in LANGUAGES:
            if declared not in texts.ids(language):
                yield f"{at}: {declared} has no text in {language}"


def _declared(exercise: Exercise) -> Iterator[tuple[str, str]]:
    solution = script.solution(exercise.folder)
    for command in solution.commands:
        for each in command.without:
            yield f"{solution.path}:{command.line}", each
    for path in exercise.scripts("broken"):
        yield f"{path}:1", script.broken(path, solution).expect
    for check in exercise.checks:
        for each in filter(_ID.fullmatch, _strings(check.given)):
            yield f"{exercise.path('lab.yaml')}: checks: {check.id}", each
    for each in exercise.hints:
        yield f"{exercise.path('lab.yaml')}: hints", each


def _also(exercise: Exercise) -> Iterator[str]:
    if not exercise.scripts("also"):
        yield f"{exercise.path('also.d')}: write one solution at least in another style"
    solution = script.solution(exercise.folder)
    for path in exercise.scripts("also"):
        if not script.whole(script.read(path), solution).style:
            yield f"{path}:1: the first line says in which style it is, in a comment"
    if not exercise.scripts("broken"):
        yield f"{exercise.path('broken.d')}: write down one typical mistake at least"


def _needs(exercise: Exercise) -> Iterator[str]:
    for each in exercise.needs:
        if each not in exercises():
            yield f"{exercise.path('lab.yaml')}: needs: there is no exercise {each}"


def _part(exercise: Exercise) -> Iterator[str]:
    """What its part says; told with the first exercise of it."""
    part = next(each for each in parts() if each.id == exercise.part)
    if part.exercises[0].id != exercise.id:
        return
    path = os.path.join(os.path.dirname(exercise.folder), "part.yaml")
    for language in LANGUAGES:
        if not part.title.get(language):
            yield f"{path}: title: there is no text in {language}"
    if part.challenge and part.challenge not in (each.id for each in part.exercises):
        yield f"{path}: challenge: there is no exercise {part.challenge} in this part"
