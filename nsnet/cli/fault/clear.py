"""``nsnet fault clear``."""

from __future__ import annotations

import click

from ..command import Command
from ..options import format_option
from ..output import say, say_json
from ..settings import Settings


@click.command(
    cls=Command,
    examples=(
        ("nsnet fault clear", "mend all of them"),
        ("nsnet fault clear 2", "this one, by its number in nsnet fault ls"),
        ("nsnet fault clear NAT.NO_MASQ", "or by its id"),
    ),
)
@click.argument("which", nargs=-1, metavar="[NUMBER|FAULT]…")
@format_option
@click.pass_obj
def clear(settings: Settings, which: tuple[str, ...], form: str) -> None:
    """Mend what was broken on purpose: the kernel is as it was before.

    What has gone meanwhile is left alone, what somebody has mended by hand, too.

    JSON: a list; of each fault: number, id, on.
    """
    from ...engine.engine import Engine
    from ...faults import inject as faults
    from ..stopping import heeding

    with heeding():
        mended = faults.clear(Engine(), which)
    if form == "json":
        say_json([{"number": x.number, "id": x.id, "on": x.on} for x in mended])
    elif not settings.quiet:
        for each in mended:
            riddle = " (the riddle)" if each.hidden else ""
            say(f"mended {each.number}: {each.id} on {each.on}{riddle}")
        if not mended:
            say("nothing is broken on purpose")
