"""``nsnet attach``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import containers

if TYPE_CHECKING:
    from ..kernel.process import Process
    from ..operations.find import FoundContainer


@click.command(
    cls=Command,
    examples=(
        ("nsnet attach alpine1", "its terminal is yours; Ctrl-p Ctrl-q leaves it running"),
        ("nsnet attach --no-stdin web", "only look"),
    ),
)
@click.argument("name", shell_complete=containers)
@click.option(
    "--detach-keys", default="", metavar="KEYS", help="Leave by these instead: ctrl-x,x for one."
)
@click.option("--no-stdin", is_flag=True, help="Do not connect standard input.")
@click.option(
    "--sig-proxy",
    type=bool,
    default=True,
    metavar="BOOL",
    help="Pass signals on to the command (the default); with false, end with them.",
)
def attach(name: str, detach_keys: str, no_stdin: bool, sig_proxy: bool) -> int:
    """Connect to the command of a running container: its output from now on, and its input if
    it was started with -i.

    Exit code: the command's own; 1 after the detach keys, as in Docker.
    """
    from ..kernel import attach as console
    from .look import found

    each = found(name)
    process = _running(each)
    container = each.container
    if container.tty or container.interactive:
        from ..kernel.streams import socket_path
        from ..looking.state import folder

        code = console.attach(
            socket_path(folder(), container.name),
            tty=container.tty,
            stdin=container.interactive and not no_stdin,
            detach_keys=detach_keys,
            sig_proxy=sig_proxy and not container.tty,
        )
    else:
        code = console.follow(process, sig_proxy=sig_proxy)
    if code == console.DETACHED:
        click.echo("read escape sequence", err=True)
        return 1
    return code


def _running(each: FoundContainer) -> Process:
    """Its first process. Raises `Refused` where it does not run, or stands still."""
    from ..operations.errors import Refused

    name = each.container.name
    process = each.record.processes.get(name)
    if not each.running or process is None or not process.alive:
        raise Refused(
            f"You cannot attach to a stopped container, start it first: nsnet start {name}"
        )
    if each.container.paused:
        raise Refused(
            f"You cannot attach to a paused container, unpause it first: nsnet unpause {name}"
        )
    return process
