"""All exercises there are, in their order."""

from __future__ import annotations

import os
from functools import cache

from ..kernel.errors import NotFound
from .exercise import Exercise, Part
from .reading import read_part

#: Where else to look for parts: an author's own folder.
ELSEWHERE = "NSNET_LABS"

_HERE = os.path.join(os.path.dirname(__file__), "exercises")


def parts() -> tuple[Part, ...]:
    """The parts. Raises `BadExercise`."""
    return _parts(os.environ.get(ELSEWHERE) or _HERE)


@cache
def _parts(folder: str) -> tuple[Part, ...]:
    found: list[Part] = []
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for name in names:
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
    if word.isdigit() and 1 <= int(word) <= len(known):
        return list(known.values())[int(word) - 1]
    raise NotFound(f"there is no exercise {word!r}", _meant(word, known))


def _meant(word: str, known: dict[str, Exercise]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=2)
    return f"did you mean {' or '.join(near)}?" if near else "see: nsnet lab list"
