"""``nsnet reach``."""

from __future__ import annotations

import click

from .command import Command
from .complete import containers
from .output import say, say_json

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
    from ..looking.reach import reach as measure

    result = measure(names, parts, senders, targets, timeout)
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
