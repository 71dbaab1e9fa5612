"""``nsnet fault kinds``."""

from __future__ import annotations

import click

from ..command import Command
from ..options import format_option
from ..output import say, say_json
from ..settings import Settings


@click.command(
    cls=Command,
    sandbox="",
    examples=(("nsnet fault kinds", "each with the object that it is done to"),),
)
@format_option
@click.pass_obj
def kinds(settings: Settings, form: str) -> None:
    """List everything that can be broken.

    JSON: a list; of each kind: id, on, what.
    """
    from ...faults.catalogue import KINDS

    found = list(KINDS.values())
    if form == "json":
        say_json([{"id": each.id, "on": each.on, "what": each.what} for each in found])
    elif settings.quiet:
        for each in found:
            say(each.id)
    else:
        from ...show.table import table

        say(table(("FAULT", "ON", "WHAT IS WRONG"), [(x.id, x.on, x.what) for x in found]))
