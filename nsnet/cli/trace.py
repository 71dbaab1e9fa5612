"""``nsnet trace``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command import Command
from .ends import ends, in_language, language, needing_port, story_format

if TYPE_CHECKING:
    from ..diagnose.trace import Trace

_ANSWERED, _NOT, _UNTRACED = 0, 1, 3


@click.command(
    cls=Command,
    examples=(
        ("nsnet trace web db", "follow a ping from web to db, and its reply"),
        ("nsnet trace outside host:8080", "a call from outside to a published port"),
        ("nsnet trace web 127.0.0.11:53 --udp", "a question to the resolver"),
        ("nsnet trace web http://db/ --http", "fetch a page; the first packet is followed"),
        ("nsnet trace web db:80 --pcap web.pcapng", "all frames, for Wireshark"),
    ),
)
@ends
@click.option("--tcp", "protocol", flag_value="tcp", help="A call. The default with a port.")
@click.option("--udp", "protocol", flag_value="udp", help="A datagram; to port 53 a question.")
@click.option("--ping", "protocol", flag_value="icmp", help="The default without a port.")
@click.option("--http", "protocol", flag_value="http", help="A call, and a page fetched by it.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.01, 600),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the answer.",
)
@story_format
@in_language
@click.option(
    "--pcap", type=click.Path(), metavar="FILE", help="Write the frames that were seen, too."
)
def trace(
    source: str,
    target: str,
    protocol: str | None,
    timeout: float,
    form: str,
    lang: str | None,
    pcap: str | None,
) -> int:
    """Send a real packet and tell its walk: every interface, every rule that matches, how its
    header is rewritten, where it is sent on; then the same of the reply.

    A packet that is lost ends with where it was seen last, and why. Nothing of it stays behind.
    Exit code 0: it was answered; 1: it was not; 3: it could not be traced.
    """
    from ..kernel.errors import PreconditionError
    from ..looking.trace import trace as follow
    from .walk import tell

    try:
        with needing_port():
            traced = follow(source, target, protocol or "", timeout)
    except PreconditionError as error:
        error.exit_code = _UNTRACED
        raise
    if pcap is not None:
        _write(pcap, traced)
    tell(traced.walk, form, language(lang))
    return _ANSWERED if traced.walk.arrived else _NOT


def _write(path: str, traced: Trace) -> None:
    from ..kernel.errors import KernelError
    from ..kernel.trace.record import record

    try:
        with open(path, "wb") as file:
            record(traced.followed.frames, file.write)
    except OSError as error:
        raise KernelError(f"cannot write {path}", error.strerror or str(error)) from None
