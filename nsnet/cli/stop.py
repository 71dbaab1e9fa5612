"""``nsnet stop``."""

from __future__ import annotations

import click

from .complete import containers
from .container_command import ContainerCommand, for_each


@click.command(
    cls=ContainerCommand,
    examples=(
        ("nsnet stop web db", "ask their commands to end; their addresses are free then"),
        ("nsnet stop -t 0 web", "do not wait for it"),
    ),
)
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
@click.option(
    *("-t", "--time", "--timeout"),
    type=int,
    default=10,
    metavar="SECONDS",
    help="How long to wait before killing it (10); -1: for ever.",
)
def stop(names: tuple[str, ...], time: int) -> int:
    """Stop containers: SIGTERM, and SIGKILL to what is left. Prints their names."""
    from ..operations import containers

    return for_each(names, lambda engine, name: containers.stop(engine, name, seconds(time)))


def seconds(time: int) -> float:
    """What -t says; any negative number is for ever."""
    return time if time >= 0 else 1e9
