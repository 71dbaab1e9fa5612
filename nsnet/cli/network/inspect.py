"""``nsnet network inspect``."""

from __future__ import annotations

import click

from .. import shapes
from ..container_command import ContainerCommand


@click.command(
    cls=ContainerCommand,
    sandbox="start",
    examples=(
        ("nsnet network inspect bridge", "subnet, gateway, options, who is on it"),
        ("nsnet network inspect -f '{{json .IPAM.Config}}' front", "its subnets"),
        (
            "nsnet network inspect -f '{{range .Containers}}{{.Name}} {{end}}' front",
            "who is on it",
        ),
    ),
)
@click.argument("networks", nargs=-1, required=True, metavar="NETWORK...")
@click.option("-f", "--format", "form", default="", metavar="TEMPLATE", help="A Go template.")
def inspect(networks: tuple[str, ...], form: str) -> int:
    """Show everything about networks, as `docker network inspect` does: by their
    names or ids."""
    from ...show.docker import network
    from ...show.template.values import Struct

    book = shapes.book()

    def look(name: str) -> Struct | None:
        net = shapes.only(book.nets_named(name), name)
        return network.inspect(book, net) if net else None

    return shapes.inspected(networks, form, look, "network")
