"""``nsnet lab new``."""

from __future__ import annotations

import os
import shlex

import click

from ..command import Command
from ..output import say
from ..settings import Settings


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab new my-first", "a folder labs/ with a part and an exercise that works"),
        ("nsnet lab new dns-trap --part names --dir ~/class", "in a library of your own"),
    ),
)
@click.argument("id")
@click.option("--part", default="own", show_default=True, help="The part that it belongs to.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False),
    help="The library of parts; by default $NSNET_LABS, else labs/ here.",
)
@click.pass_obj
def new(settings: Settings, id: str, part: str, folder: str | None) -> None:
    """Write a new exercise: a small one that works, with comments, to be changed into yours.

    `nsnet lab verify` proves it; with NSNET_LABS naming the library, all lab commands work on it.
    """
    from ...labs.verify.template import write

    library = folder or os.environ.get("NSNET_LABS") or "labs"
    path = write(id, part, library)
    say(path)
    if not settings.quiet:
        say(f"change it, and prove it: NSNET_LABS={shlex.quote(library)} nsnet lab verify {id}")
