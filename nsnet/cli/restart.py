"""``nsnet restart``."""

from __future__ import annotations

import click

from .complete import containers
from .container_command import ContainerCommand, for_each


@click.command(
    cls=ContainerCommand,
    examples=(("nsnet restart web", "stopped and started: its address may be another one"),),
)
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
@click.option(
    *("-t", "--time", "--timeout"),
    type=int,
    default=10,
    metavar="SECONDS",
    help="How long to wait before killing it (10); -1: for ever.",
)
def restart(names: tuple[str, ...], time: int) -> int:
    """Stop containers and start them again. Prints their names."""
    from ..operations import containers
    from .stop import seconds

    return for_each(names, lambda engine, name: containers.restart(engine, name, seconds(time)))
