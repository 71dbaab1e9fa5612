"""Which exercises a learner has solved; what is solved stays solved."""

from __future__ import annotations

import time

from ..value import Mutable, field
from . import attempt as attempts
from . import data, library
from .attempt import Attempt
from .exercise import Exercise

_FILE = "progress.json"
_VERSION = 1


class Solved(Mutable, frozen=False):
    """How an exercise was solved for the first time: when (`first`, seconds since 1970), within how
    many `seconds`, `checks` and `hints`; whether what was `predicted` was right (None: nothing
    was). `runs` counts how often it was solved."""

    first: float
    seconds: float
    checks: int
    hints: int
    predicted: bool | None = None
    runs: int = 1
    spoiled: bool = False


class Progress(Mutable, frozen=False):
    """All of it, by the ids of exercises."""

    solved: dict[str, Solved] = field(default_factory=dict)


def load() -> Progress:
    """What is remembered. Raises `KernelError` if it is damaged."""
    found = data.read(_FILE)
    if found is None:
        return Progress()
    try:
        if found["version"] != _VERSION:
            raise ValueError
        solved = {str(name): data.made(Solved, each) for name, each in found["solved"].items()}
        return Progress(solved)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise data.damaged(_FILE) from None


def save(progress: Progress) -> None:
    """Remember it."""
    fields = Solved.__match_args__
    plain = {
        name: {each: getattr(one, each) for each in fields} for name, one in progress.solved.items()
    }
    data.write(_FILE, {"version": _VERSION, "solved": plain})


def note_passed(exercise: Exercise) -> bool:
    """The exercise under work has passed: remember it. True if it is so for the first time in this
    attempt; False also if another one was begun meanwhile, from another terminal."""
    with data.locked():
        attempt = attempts.require()
        if attempt.passed or attempt.exercise != exercise.id:
            return False
        attempt.passed = True
        attempts.save(attempt)
        progress = load()
        known = progress.solved.get(exercise.id)
        if known:
            known.runs += 1
        else:
            progress.solved[exercise.id] = _solved(attempt, exercise)
        save(progress)
    return True


def _solved(attempt: Attempt, exercise: Exercise) -> Solved:
    right = None
    if exercise.predict and attempt.predicted is not None:
        right = attempt.predicted == exercise.predict.answer
    now = time.time()
    return Solved(
        first=now,
        seconds=max(0.0, now - attempt.started),
        checks=attempt.checks,
        hints=sum(attempt.hints.values()),
        predicted=right,
        spoiled=attempt.spoiled,
    )


def next_after(exercise: str, progress: Progress) -> Exercise | None:
    """The next one that is not solved: behind this one, else from the beginning on. None when all
    others are."""
    known = list(library.exercises().values())
    place = next((n for n, each in enumerate(known) if each.id == exercise), -1)
    ordered = [*known[place + 1 :], *known[: max(place, 0)]]
    return next((each for each in ordered if each.id not in progress.solved), None)
