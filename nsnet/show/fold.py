"""Text in lines of a terminal. Unlike `textwrap`, it knows that Hangul takes two columns, and that
colours take none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .graph.words import width as _width

_SGR = re.compile(r"\033\[[\d;]*m")


def columns(text: str) -> int:
    """How wide it is, its colours left out."""
    return _width(_SGR.sub("", text))


def fold(words: Iterable[str], first: str, more: str, width: int) -> list[str]:
    """The words, a blank between two, in lines of `width` columns. Lines begin with `first`, the
    others with `more`; a word that is too long has a line of its own."""
    found, empty = [first], True
    for word in words:
        if not empty and columns(found[-1]) + 1 + columns(word) > width:
            found.append(more)
            empty = True
        found[-1] += word if empty else f" {word}"
        empty = False
    return found
