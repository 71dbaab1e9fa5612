"""``nsnet unpause``."""

from __future__ import annotations

import click

from .complete import containers
from .container_command import ContainerCommand, for_each


@click.command(cls=ContainerCommand, examples=(("nsnet unpause web", "as if nothing had been"),))
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
def unpause(names: tuple[str, ...]) -> int:
    """Let the processes of paused containers go on. Prints their names."""
    from ..operations import containers

    return for_each(names, containers.unpause)
