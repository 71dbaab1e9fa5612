"""``nsnet network ls``."""

from __future__ import annotations

import click

from .. import shapes
from ..container_command import ContainerCommand
from ..output import say
from ..settings import Settings


@click.command(
    cls=ContainerCommand,
    sandbox="start",
    examples=(
        ("nsnet network ls", "all, the predefined ones too"),
        ("nsnet network ls -f driver=bridge -q", "ids of bridge networks"),
        ("nsnet network ls --format '{{.Name}}: {{.Driver}}'", "a template"),
    ),
)
@click.option("--no-trunc", "whole", is_flag=True, help="Do not cut ids.")
@shapes.filter_option(
    "-f", "--filter", known="driver, id, label, name, scope, type=custom|builtin, dangling=true"
)
@click.option("--format", "form", default="", metavar="TEMPLATE", help="Go template, or json.")
@click.pass_obj
def ls(settings: Settings, whole: bool, filters: list[tuple[str, str]], form: str) -> None:
    """List networks, as `docker network ls` does.

    Fields of a template: .ID .Name .Driver .Scope .IPv6 .Internal .Labels
    .CreatedAt, and .Label "name".
    """
    from ...show.docker import network

    book = shapes.book()
    wanted = network.tests(book, filters)
    rows = [network.row(book, net, whole) for net in book.nets() if wanted(net)]
    if settings.quiet and not form:
        for row in rows:
            say(str(row["ID"]))
    elif form == "json":
        from ...show.template import as_json
        from ..output import say_json

        say_json([as_json(row) for row in rows])
    else:
        shapes.columns(form, network.USUAL, network.HEADERS, rows)
