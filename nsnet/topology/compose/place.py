"""Where something stands in a file, and the list of what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..model import TopologyError


class Source(NamedTuple):
    """One file: its name as shown to the user, and the directory its paths start from."""

    shown: str
    directory: str


class Place(NamedTuple):
    """A line of a file, counted from 1."""

    source: Source
    line: int

    def __str__(self) -> str:
        return f"{self.source.shown}:{self.line}"


#: Characters; enough for every sentence of ours, not for a file pasted into a value.
_LONGEST = 400


class Problems:
    """Collects every problem of a load, so that one run shows them all."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], None] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, at: Place, text: str) -> None:
        """Note that `text` (what: value: how to put it right) is wrong at `at`."""
        # A file may hold anything, but an error is one line and steers no terminal.
        words = " ".join(text.split())
        printable = "".join(c if c.isprintable() else "?" for c in words)
        self._found[(at.source.shown, at.line, printable[:_LONGEST])] = None

    def stop_if_any(self) -> None:
        """Raise TopologyError with everything collected, in file and line order."""
        if self._found:
            files = {shown: i for i, (shown, _, _) in reversed(list(enumerate(self._found)))}
            ordered = sorted(self._found, key=lambda p: (files[p[0]], p[1]))
            raise TopologyError(*(f"{shown}:{line}: {text}" for shown, line, text in ordered))


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean "…"?` for a misspelt `word`, or the whole choice where nothing is near."""
    import difflib

    choice = sorted(known)
    near = difflib.get_close_matches(word, choice, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    if 0 < len(choice) <= 12:
        return f"choose from {', '.join(choice)}"
    return "remove it, or put x- in front to keep it as a note"
