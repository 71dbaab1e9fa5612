"""``nsnet inspect``."""

from __future__ import annotations

import click

from . import shapes
from .complete import containers
from .container_command import ContainerCommand

_TYPES = ("container", "network")


def _type(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if value and value not in _TYPES:
        words = " or ".join(_TYPES)
        error = click.UsageError(f'"{value}" is not a valid value for --type: use {words}')
        raise error
    return value


@click.command(
    cls=ContainerCommand,
    sandbox="start",
    examples=(
        ("nsnet inspect web", "all about a container"),
        ("nsnet inspect -f '{{.State.Pid}}' web", "its first process"),
        ("nsnet inspect -f '{{json .NetworkSettings.Networks}}' web", "its networks"),
        ("nsnet inspect --type network front", "a network of that name"),
    ),
)
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=containers)
@click.option("-f", "--format", "form", default="", metavar="TEMPLATE", help="A Go template.")
@click.option("-s", "--size", is_flag=True, hidden=True, help="Files have no size of their own.")
@click.option("--type", "kind", default="", callback=_type, help="container or network.")
def inspect(names: tuple[str, ...], form: str, size: bool, kind: str) -> int:
    """Show everything about containers and networks, as `docker inspect` does: by
    their names or ids. Of one name, the container comes first.
    """
    from ..show.docker import container, network
    from ..show.template.values import Struct

    book = shapes.book()

    def look(name: str) -> Struct | None:
        item = shapes.only(book.named(name), name) if kind != "network" else None
        if item:
            return container.inspect(book, item)
        net = shapes.only(book.nets_named(name), name) if kind != "container" else None
        return network.inspect(book, net) if net else None

    return shapes.inspected(names, form, look, kind or "object")
