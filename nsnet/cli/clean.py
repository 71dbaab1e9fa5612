"""``nsnet clean``."""

from __future__ import annotations

import click

from .command import Command
from .options import format_option
from .output import say, say_json
from .settings import Settings


@click.command(
    cls=Command,
    sandbox="end",
    examples=(
        ("nsnet clean --dry-run", "what would go?"),
        ("nsnet clean", "remove it"),
    ),
)
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@format_option
@click.pass_obj
def clean(settings: Settings, dry_run: bool, form: str) -> None:
    """Find and remove everything of nsnet's on this host, going by the kernel alone.

    For when records are lost or nsnet was killed: every object carries nsnet's mark from its
    birth. What others made is never touched. Otherwise `nsnet down` is the gentler way.

    JSON: a list; of each object: kind, name.
    """
    from ..engine import clean as engine
    from .stopping import heeding

    with heeding():
        found, failures = (engine.find(), []) if dry_run else engine.clean()
    if form == "json":
        say_json([{"kind": each.kind, "name": each.name} for each in found])
    elif not settings.quiet:
        for each in found:
            say(f"{'would remove' if dry_run else 'removed'} {each.kind} {each.name}")
        if not found:
            say("nothing of nsnet's is on this host")
    if failures:
        raise ExceptionGroup("some things would not go", failures)
