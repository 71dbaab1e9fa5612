"""``nsnet capture``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import containers

if TYPE_CHECKING:
    from ..diagnose.places import Places
    from ..kernel.trace import Frame
    from ..kernel.trace.capture import Capture

_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


@click.command(
    cls=Command,
    examples=(
        ("nsnet capture web -w - | wireshark -k -i -", "watch a container live in Wireshark"),
        ("nsnet capture veth-web", "one line for each packet of an interface of the host"),
        ("nsnet capture web:eth0 -c 10 -w web.pcapng", "ten packets into a file"),
        ("nsnet capture - -w all.pcapng", "every interface of every namespace"),
    ),
)
@click.argument("what", metavar="LINK|CONTAINER[:LINK]|-", shell_complete=containers)
@click.option("-w", "--write", "output", metavar="FILE", help="Write pcapng; - is stdout.")
@click.option(
    "-c", "--count", type=click.IntRange(1), metavar="COUNT", help="End after so many packets."
)
@click.option(
    "-s",
    "--snaplen",
    type=click.IntRange(1, 1 << 18),
    default=1 << 18,
    metavar="BYTES",
    help="Keep only the beginning of each packet.",
)
def capture(what: str, output: str | None, count: int | None, snaplen: int) -> int:
    """Record packets until Ctrl-C, --count, or until nobody reads any more.

    A container's name means all its interfaces, `host` those of the host, CONTAINER:eth0 one, any
    other name an interface of the host, and - everything. Each interface keeps its name in
    Wireshark: web:eth0. Without -w, one line is printed for each packet.
    """
    import sys

    from ..kernel.stack import Stack
    from ..looking.places import places

    if output == "-" and sys.stdout.isatty():
        raise click.UsageError("-w - writes packets for a program: add `| wireshark -k -i -`")
    with Stack() as stack:
        known = places(stack)
        doors = _doors(known, what)
        return _run(known, doors, output, count or 0, snaplen)


def _doors(known: Places, what: str) -> list[tuple[str, str]]:
    """Where to listen: (space, interface) pairs, "" for all interfaces of a space."""
    from ..kernel.errors import NotFound

    survey = known.survey
    if what == "-":
        return [(key, "") for key in survey.spaces()]
    name, _, device = what.rpartition(":")
    if name and device in survey.interfaces(_key(known, name)):
        return [(_key(known, name), device)]
    if what in survey.interfaces(""):
        return [("", what)]
    if name and not _names_a_space(what):
        there = ", ".join(survey.interfaces(_key(known, name)))
        raise NotFound(f"there is no interface {device} in {name}", f"there are {there}")
    return [(_key(known, what), "")]


def _names_a_space(what: str) -> bool:
    return what.startswith(("ns:", "pid:")) or what.count(":") > 1


def _key(known: Places, name: str) -> str:
    return known.source(name).space


def _run(
    known: Places, doors: list[tuple[str, str]], output: str | None, count: int, snaplen: int
) -> int:
    import sys

    from ..kernel.errors import KernelError
    from ..kernel.trace.capture import Capture

    listening = Capture(known.survey, doors)
    try:
        if output is None:
            return _print(known, listening, count)
        fd = sys.stdout.fileno() if output == "-" else os.open(output, _WRITE, 0o666)
        try:
            _stream(listening, fd, count, snaplen)
        finally:
            if output != "-":
                os.close(fd)
    except BrokenPipeError:
        pass
    except OSError as error:
        raise KernelError(f"cannot write {output}", error.strerror or str(error)) from None
    finally:
        listening.close()
    return 0


def _stream(listening: Capture, fd: int, count: int, snaplen: int) -> None:
    """Each packet is written at once, whole."""
    from ..kernel.pcap import Pcap
    from ..kernel.trace.record import add

    def write(block: bytes) -> None:
        view = memoryview(block)
        while view:
            view = view[os.write(fd, view) :]

    pcap = Pcap(write)
    left = count or -1

    def take(key: str, frame: Frame) -> bool:
        nonlocal left
        add(pcap, key, frame, snaplen)
        left -= 1
        return left != 0

    listening.run(take, fd)


def _print(known: Places, listening: Capture, count: int) -> int:
    from ..diagnose.trace.line import line

    left = count or -1
    labels: dict[str, str] = {}

    def take(key: str, frame: Frame) -> bool:
        nonlocal left
        if key not in labels:
            labels[key] = known.of_space(key).label
        print(line(labels[key], frame), flush=True)
        left -= 1
        return left != 0

    listening.run(take, 1)
    return 0
