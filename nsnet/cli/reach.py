"""``nsnet reach``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import containers
from .output import say, say_json

if TYPE_CHECKING:
    from ..diagnose.places import Places
    from ..diagnose.reach import Port, Reach, Station

_MOST = 60.0


@click.command(
    cls=Command,
    examples=(
        ("nsnet reach", "everybody: ping, ports, names"),
        ("nsnet reach --ping web db", "these two only, ping only"),
        ("nsnet reach --ports --to web", "who reaches the ports of web"),
        ("nsnet reach --format html > reach.html", "a page to hand in"),
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]…", shell_complete=containers)
@click.option("--ping", "parts", flag_value="ping", multiple=True, help="Ping each address.")
@click.option(
    "--ports",
    "parts",
    flag_value="ports",
    multiple=True,
    help="Call what each listens on, exposes and publishes.",
)
@click.option(
    "--names",
    "parts",
    flag_value="names",
    multiple=True,
    help="Look the containers up at each one's resolver. Without any of these three: all.",
)
@click.option(
    "--from",
    "senders",
    multiple=True,
    metavar="NAME",
    shell_complete=containers,
    help="Only from here.",
)
@click.option(
    "--to",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=containers,
    help="Only to this one.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.05, _MOST),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait, for all answers together.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    help="A table to read, JSON for programs, or one page for a browser.",
)
def reach(
    names: tuple[str, ...],
    parts: tuple[str, ...],
    senders: tuple[str, ...],
    targets: tuple[str, ...],
    timeout: float,
    form: str,
) -> int:
    """Show who reaches whom: containers, the host, other namespaces, the outside machine.

    Real packets are sent from everywhere to everywhere at once. NAMEs (containers, host, outside,
    namespaces) are the only ones that ask and are asked.

    JSON: senders, targets (name, shared_by, addresses); cells, of each: from, to, what (ping,
    port, published, name), address, port, protocol, container_port, code, errno, by, found, ms;
    answered, asked, timeout, seconds.
    """
    result = _measure(names, parts, senders, targets, timeout)
    if form == "json":
        from ..show.reach import data

        say_json(data.reach(result))
    elif form == "html":
        from ..show.reach import html

        for line in html.page(result):
            say(line.encode("ascii", "xmlcharrefreplace").decode())
    else:
        import shutil

        from ..show.reach import table

        for line in table.lines(result, shutil.get_terminal_size().columns):
            say(line)
    return 0


def _measure(
    names: Sequence[str],
    parts: Sequence[str],
    senders: Sequence[str],
    targets: Sequence[str],
    timeout: float,
) -> Reach:
    from ..diagnose import reach as diagnose
    from ..diagnose.prober import probe_all
    from ..kernel.stack import Stack
    from .places import places

    with Stack() as stack:
        known = places(stack)
        everybody = diagnose.stations(known.survey, known)
        paths = known.survey.paths()
        return diagnose.measure(
            known.survey,
            lambda probes: probe_all(stack, probes, paths),
            everybody,
            senders=_chosen(known, everybody, senders or names),
            targets=_chosen(known, everybody, targets or names),
            what=parts or diagnose.ALL,
            exposed=_exposed(),
            timeout=timeout,
        )


def _chosen(places: Places, everybody: list[Station], names: Sequence[str]) -> list[Station]:
    """The stations of these names, in their order. Raises `NotFound`."""
    from ..diagnose.reach.station import station

    by_space = {each.space: each for each in everybody}
    found = dict.fromkeys(places.source(name).space for name in names)
    return [
        by_space.get(space) or station(places.survey, [places.of_space(space)]) for space in found
    ]


def _exposed() -> dict[str, tuple[Port, ...]]:
    """The ports that running containers are said to serve."""
    from .known import state

    return {
        each.name: each.expose
        for record in state().records.values()
        for each in record.layout.topology.containers
        if each.expose and not each.stopped
    }
