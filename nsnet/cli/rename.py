"""``nsnet rename``."""

from __future__ import annotations

import click

from .complete import containers
from .container_command import ContainerCommand


@click.command(
    cls=ContainerCommand,
    examples=(("nsnet rename web shop", "it goes on running; others find it as shop"),),
)
@click.argument("name", shell_complete=containers)
@click.argument("new_name")
def rename(name: str, new_name: str) -> None:
    """Give a container another name, while it runs or not."""
    from ..engine.engine import Engine
    from ..operations import containers
    from ..operations.errors import Refused
    from ..topology.flags.values import container_name
    from .stopping import heeding

    new = container_name(new_name)
    if not name or not new:
        raise Refused("Neither old nor new names may be empty: nsnet rename OLD NEW")
    with heeding() as stopping:
        containers.rename(Engine(stopping), name, new)
