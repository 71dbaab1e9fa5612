"""``nsnet rules``."""

from __future__ import annotations

import click

from .command import Command
from .complete import containers
from .output import say


@click.command(
    cls=Command,
    examples=(
        ("nsnet rules", "nsnet's own table, with counters and captions"),
        ("nsnet rules --as iptables", "what Docker writes for the same"),
        ("nsnet rules --for web --as iptables", "the rules inside a container"),
    ),
)
@click.option(
    "--as",
    "words",
    type=click.Choice(["nft", "iptables"]),
    default="nft",
    show_default=True,
    help="nft: the rules as they are. iptables: as iptables-save shows Docker's.",
)
@click.option(
    "--for",
    "name",
    default="",
    metavar="CONTAINER",
    shell_complete=containers,
    help="Those inside this container (its way to the resolver).",
)
def rules(words: str, name: str) -> int:
    """Show the firewall: nsnet's own table, or what Docker would write for the same.

    The words of iptables-save are for reading: what is in force is the nft form.
    """
    if words == "nft":
        return _nft(name)
    from ..plan.names import PORT
    from ..show import iptables
    from . import known

    if name:
        known.require_container(name)
        lines = iptables.inside(PORT)
    else:
        records = sorted(known.state().records.values(), key=lambda record: record.created)
        lines = iptables.save(record.layout for record in records) if records else []
    for line in lines:
        say(line)
    return 0


def _nft(name: str) -> int:
    """What `nft list` says: of our tables only."""
    from ..kernel.stack import Stack
    from . import known

    if name:
        known.require_container(name)
    with Stack() as stack:
        for line in stack.nft(name).listing("nsnet"):
            say(line)
    return 0
