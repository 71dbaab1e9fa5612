"""``nsnet lab hint``."""

from __future__ import annotations

import click

from ..command import Command
from .common import lang_option, language, say_lines, told, under_work


@click.command(cls=Command, sandbox="", examples=(("nsnet lab hint", "again for a little more"),))
@lang_option
def hint(lang: str | None) -> None:
    """Be told a little more about what the last check found, each time: where to look, what the
    thing is for, what to ask yourself. The command itself is in `nsnet lab solution` alone."""
    from ...labs import attempt, hints

    speech = language(lang)
    now, one = under_work()
    if not now.last:
        told("no_check", speech)
        return
    found = hints.broken_in(now.last)
    level = min(now.hints.get(found.id, 0) + 1, hints.LEVELS + 1) if found else 1
    say_lines(hints.hint(one, now.last, level, speech, now.values(one)))
    if found and level <= hints.LEVELS:
        with attempt.changing() as changed:
            changed.hints[found.id] = level
