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
    from ..kernel.process import Process
    from ..operations.find import FoundContainer

_PAUSE = 0.1  # seconds between two looks at a log that is followed


def _lines(ctx: click.Context, param: click.Parameter, text: str) -> int:
    """How many lines; -1 is all."""
    try:
        return -1 if text == "all" else max(int(text), -1)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither a number nor all") from None


@click.command(
    cls=Command,
    examples=(
        ("nsnet logs web", "everything so far"),
        ("nsnet logs -f --tail 5 web", "the last lines, then what comes"),
    ),
)
@click.argument("name", shell_complete=containers)
@click.option("-f", "--follow", is_flag=True, help="Go on until the command ends, or Ctrl-C.")
@click.option(
    *("-n", "--tail"),
    default="all",
    metavar="N",
    callback=_lines,
    help="Only the last N lines (-1: all).",
)
def logs(name: str, follow: bool, tail: int) -> None:
    """Show what a container's command has printed, standard error included.

    Lines carry no times: a command writes into its log by itself.
    """
    from ..kernel.process import wait
    from .look import found

    each = found(name)
    process = _process(each)
    with _open(each, process) as file:
        _copy(file, tail)
        while follow and process.alive:
            time.sleep(_PAUSE)
            _copy(file)
        if follow:
            wait(process)  # what was in its pipes is in the log now
            _copy(file)


def _process(each: FoundContainer) -> Process:
    """The first process that it has or had. Raises `NotFound` where nothing was ever started."""
    from ..kernel.errors import NotFound

    name = each.container.name
    process = each.record.processes.get(name)
    if process is None:
        raise NotFound(f"{name} has no log", "no command was started in it")
    return process


def _open(each: FoundContainer, process: Process) -> BinaryIO:
    from ..kernel.errors import NotFound

    try:
        return open(process.log, "rb")
    except OSError as error:
        name = each.container.name
        raise NotFound(f"cannot read the log of {name}", str(error.strerror)) from None


def _copy(file: BinaryIO, tail: int = -1) -> None:
    """What the file has from here on; bytes as they are."""
    out = sys.stdout.buffer
    sys.stdout.flush()
    if tail < 0:
        while chunk := file.read(1 << 16):
            out.write(chunk)
    else:
        out.writelines(deque(file, maxlen=tail))
    out.flush()
