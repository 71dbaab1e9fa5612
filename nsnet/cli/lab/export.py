"""``nsnet lab export``."""

from __future__ import annotations

import click

from ..command import Command
from ..output import say_json


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab export --name 'Kim Minji' >kim.json", "to hand in"),
        ("nsnet lab export --format csv", "a line for each exercise"),
    ),
)
@click.option("--name", default="", metavar="STUDENT", help="Whose results they are.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "csv"]),
    default="json",
    show_default=True,
    help="JSON, or a table for a spreadsheet.",
)
def export(name: str, form: str) -> None:
    """Print your results, for a class to hand in.

    JSON: version (of nsnet), student, exported (UTC), exercises, digest. Of each exercise: id,
    solved (when for the first time, UTC; null if it is not), seconds (from its start until then),
    checks and hints (how many it took), predicted (was the prediction right? null without one),
    runs (how often it was solved), spoiled (was the solution looked at before?). CSV: the same, a
    line for each exercise, the first and the last fields on each.

    The digest (SHA-256 of the other fields as JSON with sorted keys and no blanks) tells of slips:
    a file that was cut or edited by mistake. It is no signature.
    """
    from ...labs import results

    found = results.collect(name)
    if form == "json":
        say_json(found)
    else:
        click.echo(results.csv_of(found), nl=False)
