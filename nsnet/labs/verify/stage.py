"""A scene in the machine that we are in: put up, worked on, graded."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence

from ...engine import outside
from ...kernel.stack import Stack
from ...value import Value
from .. import attempt, scene, shell, texts
from ..exercise import Exercise
from ..grade import Result, grade
from ..situation import Situation
from ..values import draw
from .scripted import Played, play
from .run import Run
from ..script import Command


class Marks(Value):
    """All results, in the order of the checks."""

    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Has every check passed?"""
        return all(each.verdict is not None and each.verdict.passed for each in self.results)

    @property
    def first(self) -> Result | None:
        """The first check that has not passed."""
        return next((x for x in self.results if x.verdict is None or not x.verdict.passed), None)

    @property
    def diagnosis(self) -> str:
        """The id of the first thing that is wrong; "" if it could not be checked, or nothing is."""
        verdict = self.first.verdict if self.first else None
        return verdict.broken.id if verdict and verdict.broken and verdict.passed is False else ""

    @property
    def came(self) -> str:
        """What came of it, in a few words."""
        if self.passed:
            return "all checks pass"
        return self.diagnosis or "could not be checked"

    def told(self) -> tuple[str, ...]:
        """The first check that has not passed: the diagnosis's message, and the probes."""
        first = self.first
        if first is None or first.verdict is None:
            return ()
        broken, probes = first.verdict.broken, first.verdict.probes
        said = [texts.message(broken)] if broken else []
        return (f"check {first.check.id}:", *said, *(f"probe: {each}" for each in probes))


class Stage:
    """An exercise under work in this machine."""

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self.exercise, self.seed = exercise, seed
        self.values = draw(exercise, seed)
        _own_folders()
        if exercise.scene.get("outside", True):
            outside.ensure()
        scene.put_up(exercise, self.values)
        attempt.save(attempt.begun(exercise, seed, "host"))

    def play(self, commands: Sequence[Command]) -> Played:
        """Carry out commands with what the lab shell has in its environment. Raises `Hung`."""
        return play(commands, self.environment())

    def environment(self) -> Mapping[str, str]:
        """That of the lab shell."""
        return shell.environment(self.exercise, self.values)

    def grade(self) -> Marks:
        """Check everything anew."""
        now = attempt.load()
        answers = now.answers if now else {}
        with Stack() as stack, Situation(stack, self.exercise, self.values, answers) as at:
            return Marks(tuple(grade(at)))


def _own_folders() -> None:
    """Nothing of a run reaches the user's own records."""
    folder = tempfile.mkdtemp(prefix="lab-", dir="/run")
    for name, variable in (("data", "NSNET_DATA"), ("run", "XDG_RUNTIME_DIR")):
        os.environ[variable] = os.path.join(folder, name)
        os.mkdir(os.environ[variable], 0o700)


__all__ = ["Marks", "Run", "Stage"]
