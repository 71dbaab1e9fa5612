"""``nsnet kill``."""

from __future__ import annotations

import click

from .complete import containers
from .container_command import ContainerCommand, for_each


@click.command(
    cls=ContainerCommand,
    examples=(
        ("nsnet kill web", "SIGKILL: at once, and without a chance to say good-bye"),
        ("nsnet kill -s HUP web", "another signal, which need not end it"),
    ),
)
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
@click.option("-s", "--signal", default="KILL", metavar="SIGNAL", help="TERM, SIGTERM or 15.")
def kill(names: tuple[str, ...], signal: str) -> int:
    """Send a signal to the first process of containers. Prints their names."""
    from ..kernel.signals import signal_number
    from ..operations import containers

    number = signal_number(signal)
    return for_each(names, lambda engine, name: containers.kill(engine, name, number))
