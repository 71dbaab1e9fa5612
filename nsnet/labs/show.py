"""A result of a check, for people."""

from __future__ import annotations

from ..show.fold import fold
from . import texts
from .exercise import in_language
from .grade import Result
from .verdict import Broken

_WIDTH = 80


def lines(result: Result, language: str = "en") -> list[str]:
    """``✓ c1-lo``, or what is wrong, what was asked, and where to look."""
    words = texts.ui(language)
    name = in_language(result.check.title, language) or result.check.id
    verdict = result.verdict
    if verdict is None:
        return [f"  · {name}: {words['unchecked']}"]
    if verdict.passed:
        found = [f"  ✓ {name}"]
        for each in verdict.remarks:
            found += wrapped(f"{words['but']} {texts.message(each, language)}", "      ")
        return found
    mark = "✗" if verdict.passed is False else "?"
    found = [f"  {mark} {name}"]
    for probe in verdict.probes:
        found += wrapped(probe, "      ")
    if verdict.broken:
        found += _explained(verdict.broken, language)
    return found


def _explained(broken: Broken, language: str) -> list[str]:
    text = texts.of(broken, language)
    look = texts.ui(language)["look"]
    return [
        *wrapped(f"{broken.id}: {text.title}", "      "),
        *wrapped(text.said(broken.facts), "      "),
        *(f"      {look}: {command}" for command in broken.see if command),
    ]


def wrapped(text: str, indent: str) -> list[str]:
    """A text in lines of the terminal."""
    return fold(text.split(), indent, indent, _WIDTH)
