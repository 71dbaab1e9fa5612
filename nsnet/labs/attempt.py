"""The exercise under work, as the user's data folder remembers it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..kernel.errors import NotFound
from ..value import Mutable, field
from . import data, library, values
from .exercise import Exercise

_FILE = "attempt.json"
_VERSION = 1


class Attempt(Mutable, frozen=False):
    """An exercise under work. `where` is ``sandbox`` or ``host`` (the machine itself), `user` whose
    sandbox it is, by number.

    `started` is in seconds since 1970. `checks` were made so far; `hints` says how far each
    diagnosis was explained. `predicted` counts from 1, `answers` are by question. `last` are the
    last results (`grade.data`). `spoiled` says that the solution was shown before it passed.
    `wish` is what the lab shell has to leave for: ``next``, ``reset``, ``stop``, ``start ID``.
    """

    exercise: str
    seed: int = 0
    where: str = "sandbox"
    user: int = 0
    started: float = 0.0
    checks: int = 0
    hints: dict[str, int] = field(default_factory=dict)
    predicted: int | None = None
    answers: dict[str, str] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    passed: bool = False
    spoiled: bool = False
    wish: str = ""

    def description(self) -> Exercise:
        """The exercise itself. Raises `NotFound` if it is in another library (`library.parts`)."""
        known = library.exercises()
        if self.exercise not in known:
            why = f"it is none of the exercises here; {library.ELSEWHERE} may name others"
            raise NotFound(f"{self.exercise} is under work", why, "nsnet lab stop")
        return known[self.exercise]

    def values(self, exercise: Exercise) -> dict[str, str]:
        """The values drawn for this attempt."""
        return values.draw(exercise, self.seed)


def begun(exercise: Exercise, seed: int, where: str = "sandbox") -> Attempt:
    """A new attempt, from now on."""
    return Attempt(exercise.id, seed, where, os.geteuid(), time.time())


def load() -> Attempt | None:
    """The attempt, None if nothing is under work. Raises `KernelError` if it is damaged."""
    found = data.read(_FILE)
    if found is None:
        return None
    try:
        if found.pop("version") != _VERSION:
            raise ValueError
        return data.made(Attempt, found)
    except (KeyError, TypeError, ValueError):
        raise data.damaged(_FILE) from None


def require() -> Attempt:
    """The attempt. Raises `NotFound` if nothing is under work."""
    found = load()
    if found is None:
        raise NotFound("nothing is under work", "nsnet lab start")
    return found


def save(attempt: Attempt) -> None:
    """Remember it."""
    fields: dict[str, Any] = {name: getattr(attempt, name) for name in Attempt.__match_args__}
    data.write(_FILE, {"version": _VERSION} | fields)


def drop() -> None:
    """Forget it."""
    data.remove(_FILE)


@contextmanager
def changing() -> Iterator[Attempt]:
    """The attempt, to be changed; nobody else changes it meanwhile. Raises `NotFound`."""
    with data.locked():
        found = require()
        yield found
        save(found)
