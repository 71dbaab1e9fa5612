"""``nsnet lab stop``."""

from __future__ import annotations

import click

from ..command import Command
from ..output import say
from ..settings import Settings
from .common import lang_option, language, told


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab stop", "the progress stays"),
        ("nsnet lab stop --dry-run", "what would be removed"),
    ),
)
@lang_option
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@click.pass_obj
def stop(settings: Settings, dry_run: bool, lang: str | None) -> int:
    """End the exercise under work: its sandbox, or on the machine itself all that has appeared
    since it began. Nothing is left but your progress."""
    from ...labs import attempt, session
    from .loop import wish

    if dry_run:
        return say_leftovers()
    now = attempt.load()
    if now and (code := wish(now, "stop", language(lang))) is not None:
        return code
    session.end()
    if not settings.quiet:
        name = now.exercise if now else ""
        told("stopped" if name else "nothing", language(lang), id=name)
    return 0


def say_leftovers() -> int:
    """What ending would do."""
    from ...labs import session

    for line in session.leftovers():
        say(f"would {line}")
    return 0
