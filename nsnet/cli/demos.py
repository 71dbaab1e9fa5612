"""``nsnet demos``."""

from __future__ import annotations

import click

from .command import Command
from .options import format_option
from .output import say, say_json
from .settings import Settings


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet demos", "names and titles"),
        ("nsnet up bridge-demo", "build one of them"),
    ),
)
@format_option
@click.pass_obj
def demos(settings: Settings, form: str) -> None:
    """List the built-in topologies. Each is a compose file, meant to be read and changed.

    JSON: a list; of each demo: name, title, file.
    """
    from .. import demos as library

    names = library.names()
    if form == "json":
        say_json(
            [{"name": n, "title": library.title(n), "file": str(library.path(n))} for n in names]
        )
    elif settings.quiet:
        say("\n".join(names))
    else:
        from ..show.table import table

        say(table(("DEMO", "SHOWS"), [(name, library.title(name)) for name in names]))
