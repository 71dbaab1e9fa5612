"""``nsnet start``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .complete import containers
from .container_command import ContainerCommand, for_each

if TYPE_CHECKING:
    from ..engine.engine import Engine


@click.command(
    cls=ContainerCommand,
    examples=(
        ("nsnet start web db", "start two that were stopped, or made by `nsnet create`"),
        ("nsnet start -ai alpine1", "and be attached to its command"),
    ),
)
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
@click.option("-a", "--attach", is_flag=True, help="Be attached: see its output, pass signals on.")
@click.option("-i", "--interactive", is_flag=True, help="Be attached with our input.")
@click.option("--detach-keys", default="", metavar="KEYS", help="How to leave it (ctrl-p,ctrl-q).")
def start(names: tuple[str, ...], attach: bool, interactive: bool, detach_keys: str) -> int:
    """Start containers that do not run, and print their names.

    They get the addresses that are free now, and what they asked for.
    """
    if not attach and not interactive:
        return for_each(names, _start)
    if len(names) > 1:
        raise click.ClickException("you cannot start and attach multiple containers at once")
    return _attached(names[0], interactive, detach_keys)


def _start(engine: Engine, name: str) -> None:
    from ..operations import containers

    containers.start(engine, name)


def _attached(name: str, interactive: bool, detach_keys: str) -> int:
    from ..engine.engine import Engine
    from ..kernel.attach import require_terminal
    from ..operations import containers, find
    from ..operations.errors import Refused
    from .foreground import foreground

    found = find.container(Engine().state(), name)
    one = found.container
    if found.running:
        raise Refused(f"container {one.name} is running: attach to it (nsnet attach {one.name})")
    if not (one.command or one.stub):
        raise Refused(f"container {one.name} has no command: start it without -a and -i")
    stdin = interactive and one.interactive
    if stdin and one.tty:
        require_terminal()
    return foreground(one, lambda engine: containers.start(engine, found.id), stdin, detach_keys)
