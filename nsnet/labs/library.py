"""All exercises there are, in their order."""

from __future__ import annotations

import os
from functools import cache

from ..kernel.errors import KernelError, NotFound
from .exercise import Exercise, Part
from .reading import read_part

#: Where else to look for parts: an author's own folder.
ELSEWHERE = "NSNET_LABS"

_HERE = os.path.join(os.path.dirname(__file__), "exercises")


def parts() -> tuple[Part, ...]:
    """The parts. Raises `BadExercise`, and `KernelError` where there is no such folder."""
    folder = os.environ.get(ELSEWHERE) or _HERE
    if not os.path.isdir(folder):
        raise KernelError(f"cannot read the exercises in {folder}", f"{ELSEWHERE} names no folder")
    return _parts(folder)


def pin() -> None:
    """Let everything that we start find the same exercises, whatever folder it works in."""
    if os.environ.get(ELSEWHERE):
        os.environ[ELSEWHERE] = os.path.abspath(os.environ[ELSEWHERE])


@cache
def _parts(folder: str) -> tuple[Part, ...]:
    found: list[Part] = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(os.path.join(path, "part.yaml")):
            first = 1 + sum(len(part.exercises) for part in found)
            found.append(read_part(path, first))
    return tuple(found)


def exercises() -> dict[str, Exercise]:
    """All exercises by id, in order."""
    return {each.id: each for part in parts() for each in part.exercises}


def find(word: str) -> Exercise:
    """An exercise by its id, the beginning of it, or its number. Raises `NotFound`."""
    known = exercises()
    if word in known:
        return known[word]
    near = [each for each in known.values() if each.id.startswith(word) and word]
    if len(near) == 1:
        return near[0]
    if word.isdecimal() and 1 <= int(word) <= len(known):
        return list(known.values())[int(word) - 1]
    raise NotFound(f"there is no exercise {word!r}", _meant(word, known))


def _meant(word: str, known: dict[str, Exercise]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=2)
    meant = " or ".join(repr(each) for each in near)  # "none" is one of them
    return f"did you mean {meant}?" if near else "see: nsnet lab list"
