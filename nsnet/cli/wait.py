"""``nsnet wait``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from .complete import containers
from .container_command import ContainerCommand, for_each

if TYPE_CHECKING:
    from ..engine.engine import Engine

_PAUSE = 0.2  # seconds between two looks at one that runs without a command


@click.command(cls=ContainerCommand, examples=(("nsnet wait job", "0, or how it failed"),))
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
def wait(names: tuple[str, ...]) -> int:
    """Wait until containers have ended, and print their exit codes."""
    return for_each(names, _wait, told=False)


def _wait(engine: Engine, name: str) -> None:
    click.echo(_status(engine, name))


def _status(engine: Engine, name: str) -> int:
    from ..kernel import process
    from ..operations import find
    from ..operations.errors import NoSuch

    found = find.container(engine.state(), name)
    while found.running:
        current = found.record.processes.get(found.container.name)
        if current is None:
            time.sleep(_PAUSE)
        else:
            process.wait(current)
            return current.exit_status or 0
        try:
            found = find.container(engine.state(), found.id)
        except NoSuch:
            return 0
    return found.container.exit_code
