"""Plans in plain text: the list of `--dry-run`, and the explanation of `--explain`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from . import paint

_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Shown:
    """A change as it is shown: its sign, the title of its phase, what and why, and the
    commands that a person would type."""

    sign: str
    phase: str
    what: str
    why: str
    commands: tuple[str, ...]


def listing(plan: Sequence[Shown]) -> str:
    """One line for each step, below the titles of the phases."""
    return "\n".join(line for title, steps in _phases(plan) for line in (title, *_brief(steps)))


def explanation(plan: Sequence[Shown]) -> str:
    """Every step with its reason and its commands. A reason that the step before has given
    already is not repeated."""
    parts = [line for title, steps in _phases(plan) for line in (title, *_full(steps))]
    return "\n".join(parts)


def summary(plan: Sequence[Shown]) -> str:
    """``44 to add, 1 to put right, 2 to take away``; what is not there is not counted."""
    words = {"+": "to add", "~": "to put right", "-": "to take away"}
    signs = [each.sign for each in plan]
    return ", ".join(f"{signs.count(s)} {text}" for s, text in words.items() if s in signs)


def _phases(plan: Sequence[Shown]) -> Iterator[tuple[str, list[Shown]]]:
    for number, (title, steps) in enumerate(groupby(plan, key=lambda each: each.phase)):
        yield "\n" * bool(number) + paint.heading(title), list(steps)


def _brief(steps: list[Shown]) -> Iterator[str]:
    return (f"  {paint.sign(each.sign)} {each.what}" for each in steps)


def _full(steps: list[Shown]) -> Iterator[str]:
    reason = ""
    for each in steps:
        yield f"\n  {paint.sign(each.sign)} {paint.name(each.what)}"
        if each.why != reason:
            yield _wrap(each.why)
        yield from (f"    {paint.faint('$')} {paint.command(line)}" for line in each.commands)
        reason = each.why


def _wrap(text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
