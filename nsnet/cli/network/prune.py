"""``nsnet network prune``."""

from __future__ import annotations

import time

import click

from ..asking import sure
from ..container_command import ContainerCommand
from ..output import say

_WARNING = "WARNING! This will remove all custom networks not used by at least one container."


@click.command(
    cls=ContainerCommand,
    params=[
        click.Option(["-f", "--force"], is_flag=True, help="Do not ask."),
        click.Option(
            ["--filter", "filters"],
            multiple=True,
            metavar="FILTER",
            help="until=24h, label=NAME[=VALUE] or label!=NAME[=VALUE]: only those.",
        ),
    ],
    examples=(
        ("nsnet network prune -f", "all that no running container is on"),
        ("nsnet network prune -f --filter label=lesson=3", "of these, those with a label"),
        ("nsnet network prune -f --filter until=1h", "those older than an hour"),
    ),
)
def prune(force: bool, filters: tuple[str, ...]) -> None:
    """Remove all networks of `nsnet network create` that no running container is on.

    Those of topologies (`nsnet up`) stay.
    """
    from ...topology.flags import filters as reading

    wanted = reading.read(filters, time.time())
    if not force and not sure(_WARNING):
        return
    from ...engine.engine import Engine
    from ...operations import networks
    from ..stopping import heeding

    with heeding() as stopping:
        names = networks.prune(
            Engine(stopping), lambda net: wanted.takes(net.created, dict(net.labels))
        )
    if names:
        say("Deleted Networks:\n" + "\n".join(names) + "\n")
