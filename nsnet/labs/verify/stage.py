"""A scene in the machine that we are in: put up, worked on, graded."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence

from ...kernel.stack import Stack
from ...value import Value
from .. import attempt as attempts
from .. import debrief, library, session, shell, texts
from ..exercise import LANGUAGES, Exercise
from ..grade import Result, grade
from ..script import Command
from ..situation import Situation
from .scripted import Played, play


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
    """An exercise under work in this machine; in a sandbox in it, unless `host`."""

    def __init__(self, exercise: Exercise, seed: int, host: bool = True) -> None:
        self.exercise = exercise
        self.attempt = session.start(exercise, seed, host)
        # The lab shell hands on what it inherits: the scripts know what the learner has to find.
        os.environ.update(self.attempt.values(exercise))

    def play(self, commands: Sequence[Command]) -> Played:
        """Carry out commands with what the lab shell has. Raises `Hung`."""

        def work() -> Played:
            shell.write(self.exercise)
            values = self.attempt.values(self.exercise)
            return play(commands, shell.environment(self.exercise, values))

        return session.inside(work)

    def grade(self) -> Marks:
        """Check everything anew."""

        def work() -> Marks:
            answers = attempts.require().answers
            values = self.attempt.values(self.exercise)
            with Stack() as stack, Situation(stack, self.exercise, values, answers) as at:
                return Marks(tuple(grade(at)))

        return session.inside(work)

    def debrief(self) -> list[str]:
        """What is wrong with what is told at the end, in each language."""

        def work() -> list[str]:
            values = self.attempt.values(self.exercise)
            with Stack() as stack, Situation(stack, self.exercise, values) as at:
                return [
                    fault
                    for language in LANGUAGES
                    for fault in _untold(self.exercise, debrief.lines(at, language), language)
                ]

        return session.inside(work)

    def shell(self) -> int:
        """The lab shell, on our own terminal."""
        return session.inside(lambda: shell.run(self.attempt, self.exercise, LANGUAGES[0]))


def _untold(exercise: Exercise, lines: list[str], language: str) -> Iterator[str]:
    """Packets that could not be traced, and rules of Docker's that there are none of."""
    words = texts.ui(language)
    for place, line in enumerate(lines):
        if line.startswith(f"## {words['packet']}") and lines[place + 2 : place + 3] != ["```"]:
            yield f"debrief: {line.removeprefix('## ')}: {lines[place + 2]}"
    if exercise.debrief.get("rules") and f"## {words['writes']}" not in lines:
        yield "debrief: rules: Docker writes no such line"


def own_folders() -> str:
    """Nothing of a run reaches the user's own records: a folder for them, home and all. It is in
    /tmp, which the sandbox sees as well."""
    os.environ["TMPDIR"] = tempfile.tempdir = "/tmp"
    folder = tempfile.mkdtemp(prefix="nsnet-verify-")
    for variable in ("NSNET_DATA", "XDG_RUNTIME_DIR", "HOME"):
        os.environ[variable] = os.path.join(folder, variable)
        os.mkdir(os.environ[variable], 0o700)
    os.environ["TERM"] = "dumb"
    for variable in ("SUDO_USER", "NSNET_LAB", "NSNET_SANDBOX", "NSNET_LANG"):
        os.environ.pop(variable, None)
    library.pin()
    return folder
