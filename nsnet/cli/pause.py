"""``nsnet pause``."""

from __future__ import annotations

import click

from .complete import containers
from .container_command import ContainerCommand, for_each


@click.command(
    cls=ContainerCommand, examples=(("nsnet pause web", "it answers pings, and nothing else"),)
)
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
def pause(names: tuple[str, ...]) -> int:
    """Stop every process of containers where it is; their networks stay. Prints their names."""
    from ..operations import containers

    return for_each(names, containers.pause)
