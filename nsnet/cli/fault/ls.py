"""``nsnet fault ls``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..command import Command
from ..options import format_option
from ..output import say, say_json
from ..settings import Settings
from .words import told

if TYPE_CHECKING:
    from ...engine.faults import Fault


@click.command(
    cls=Command,
    examples=(
        ("nsnet fault ls", "what is broken?"),
        ("nsnet fault ls --reveal", "the riddles, too"),
    ),
)
@click.option("--reveal", is_flag=True, help="Tell what the riddles are.")
@format_option
@click.pass_obj
def ls(settings: Settings, reveal: bool, form: str) -> None:
    """List what is broken on purpose. Riddles (inject --random) are hidden.

    JSON: a list; of each fault: number, id, on, commands.
    """
    from ...engine.faults import load
    from ...looking.state import folder, state

    state()  # it tells where only root may know
    found = load(folder())
    if form == "json":
        say_json([told(each, reveal) for each in found])
    elif settings.quiet:
        for each in found:
            say(str(each.number))
    else:
        from ...show.table import table

        rows = [_row(each, reveal) for each in found]
        say(table(("NUMBER", "FAULT", "ON", "SINCE"), rows))


def _row(fault: Fault, reveal: bool) -> tuple[str, ...]:
    import time

    since = time.strftime("%H:%M:%S", time.localtime(fault.created))
    if fault.hidden and not reveal:
        return (str(fault.number), "hidden", "?", since)
    return (str(fault.number), fault.id, fault.on, since)
