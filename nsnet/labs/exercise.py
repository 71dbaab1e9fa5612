"""An exercise as its folder describes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from string import Template
from typing import Any

from ..diagnose.texts.particles import settle
from ..value import Value, field

#: The languages of all texts; the first stands in for one that is missing.
LANGUAGES = ("en", "ko")

Words = Mapping[str, str]  # a text by language


def in_language(words: Words, language: str) -> str:
    """The text in a language, or in the first one there is."""
    return words.get(language) or words.get(LANGUAGES[0]) or next(iter(words.values()), "")


class Check(Value):
    """One thing that must be so. `kind` is the name of an assertion, `given` its arguments."""

    id: str
    kind: str
    given: Mapping[str, Any]
    title: Words = field(default_factory=dict)


class Question(Value):
    """A question to the learner. `answer` may contain variables; with `choices`, it is the number
    of the right one, from 1."""

    id: str
    ask: Words
    choices: tuple[Words, ...] = ()
    answer: str = ""


class Prediction(Value):
    """What the learner is asked before building. `answer` counts from 1."""

    ask: Words
    choices: tuple[Words, ...]
    answer: int
    because: Words


class Exercise(Value):
    """An exercise. `number` is its place among all, from 1; `folder` where its files are.
    `minutes` is a guess for one who is new to it, `level` 1 to 3. `docker` is the command whose
    work is done by hand. `needs` are the ids of exercises that teach what it uses.
    """

    id: str
    number: int
    part: str
    folder: str
    title: Words
    docker: str
    minutes: int
    level: int
    checks: tuple[Check, ...]
    needs: tuple[str, ...] = ()
    vars: Mapping[str, Any] = field(default_factory=dict)
    scene: Mapping[str, Any] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    predict: Prediction | None = None
    hints: Mapping[str, Words] = field(default_factory=dict)
    debrief: Mapping[str, Any] = field(default_factory=dict)
    checks_allowed: int = 0

    def text(self, name: str, language: str, values: Mapping[str, str]) -> str:
        """``task`` or ``after`` in a language, with the values of an attempt."""
        for each in (language, *LANGUAGES):
            path = os.path.join(self.folder, f"{name}.{each}.md")
            if os.path.isfile(path):
                with open(path, encoding="utf-8") as file:
                    return settle(Template(file.read()).safe_substitute(values))
        return ""

    def path(self, *names: str) -> str:
        """A file of its folder."""
        return os.path.join(self.folder, *names)

    def scripts(self, kind: str) -> list[str]:
        """The scripts in ``broken.d`` or ``also.d``, by name."""
        folder = self.path(f"{kind}.d")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        return [os.path.join(folder, name) for name in names if name.endswith(".sh")]


class Part(Value):
    """Exercises that belong together; who passes `challenge` has passed the part."""

    id: str
    title: Words
    challenge: str
    exercises: tuple[Exercise, ...]


def filled(value: Any, values: Mapping[str, str]) -> Any:
    """`value` with ``${NAME}`` replaced in each text of it."""
    if isinstance(value, str):
        return settle(Template(value).safe_substitute(values))
    if isinstance(value, Mapping):
        return {filled(key, values): filled(each, values) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(each, values) for each in value]
    return value
