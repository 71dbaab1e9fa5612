"""``nsnet logs``."""

from __future__ import annotations

import sys
import time
from collections import deque
from typing import TYPE_CHECKING, BinaryIO

import click

from .command import Command
from .complete import containers

if TYPE_CHECKING:
    from .known import Known

_PAUSE = 0.1  # seconds between two looks at a log that is followed


@click.command(
    cls=Command,
    examples=(
        ("nsnet logs web", "everything so far"),
        ("nsnet logs -f --tail 5 web", "the last lines, then what comes"),
    ),
)
@click.argument("name", shell_complete=containers)
@click.option("-f", "--follow", is_flag=True, help="Go on until the command ends, or Ctrl-C.")
@click.option("-n", "--tail", type=int, metavar="N", help="Only the last N lines (-1: all).")
def logs(name: str, follow: bool, tail: int | None) -> None:
    """Show what a container's command has printed, standard error included."""
    from .known import container

    each = container(name)
    with _open(each) as file:
        _copy(file, tail)
        process = each.process
        while follow and process and process.alive:
            time.sleep(_PAUSE)
            _copy(file, None)


def _open(each: Known) -> BinaryIO:
    """The log. Raises `NotFound` where nothing was ever started."""
    from ..kernel.errors import NotFound

    name = each.container.name
    if each.process is None:
        raise NotFound(f"{name} has no log", "no command was started in it")
    try:
        return open(each.process.log, "rb")
    except OSError as error:
        raise NotFound(f"cannot read the log of {name}", str(error.strerror)) from None


def _copy(file: BinaryIO, tail: int | None) -> None:
    """What the file has from here on; bytes as they are."""
    out = sys.stdout.buffer
    sys.stdout.flush()
    if tail is None or tail < 0:
        while chunk := file.read(1 << 16):
            out.write(chunk)
    else:
        out.writelines(deque(file, maxlen=tail))
    out.flush()
