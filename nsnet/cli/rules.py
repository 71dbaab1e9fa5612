"""``nsnet rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import containers
from .options import format_option
from .output import say, say_json

if TYPE_CHECKING:
    from ..looking.rules import Wish


@click.command(
    cls=Command,
    examples=(
        ("nsnet rules", "all of them, in the order in which a packet meets them"),
        ("nsnet rules --for web", "those that concern a container, inside it too"),
        ("nsnet rules --for 8080", "what a packet to a published port meets"),
        ("nsnet rules --watch", "counters as they move; q ends"),
        ("nsnet rules --as iptables", "what Docker writes for the same"),
        ("nsnet rules --raw", "what nft itself lists"),
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
    metavar="CONTAINER|PORT",
    shell_complete=containers,
    help="Only what concerns a container (its way to the resolver included), or what a packet to "
    "a published port meets: 8080, 53/udp, 127.0.0.1:8080.",
)
@click.option(
    "--raw", is_flag=True, help="As `nft list table` prints them; with --for, those inside."
)
@click.option("--watch", is_flag=True, help="Look again and again; highlight what has moved.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    default=1.0,
    metavar="SECONDS",
    help="How often --watch looks (1).",
)
@format_option
def rules(words: str, name: str, raw: bool, watch: bool, interval: float, form: str) -> None:
    """Show the firewall: each rule with what it has counted, what it is for, and which rule of
    Docker's it stands for; or (--as iptables) what Docker would write for the same.

    The words of iptables-save are for reading: what is in force is the nft form.

    JSON: a list; of each chain: namespace, family, table, chain, hook, priority,
    policy, caption, rules (handle, text, caption, packets, bytes, docker, jump, map,
    elements). With --watch, a line for each change: time, changes.
    """
    if watch and (raw or words == "iptables"):
        raise click.UsageError("--watch shows the rules that count: leave out --raw or --as")
    if raw:
        return _raw(name)
    from .rules_look import wish

    if words == "iptables":
        lines = _iptables(wish(name))
        return say_json(lines) if form == "json" else say("\n".join(lines))
    _require_rights()
    return _watch(name, interval, form) if watch else _show(wish(name), form)


def _show(wanted: Wish, form: str) -> None:
    from shutil import get_terminal_size

    from ..kernel.stack import Stack
    from ..looking.rules import look

    with Stack() as stack:
        seen = look(stack, wanted)
    if form == "json":
        say_json(seen.data())
        return
    for line in seen.text(get_terminal_size().columns):
        say(line)
    if not any(part.tables.chains for part in seen.parts):
        say("no rules: nothing of nsnet's is up here" if not wanted.choice else "no rules")


def _watch(name: str, interval: float, form: str) -> None:
    from ..kernel.stack import Stack
    from ..looking.rules import Look, look
    from .rules_look import wish
    from .rules_watch import watch

    wanted = wish(name)
    with Stack() as stack:

        def again(changed: bool) -> Look:
            nonlocal wanted
            if changed:
                wanted = _anew(name, wanted)
            return look(stack, wanted)

        watch(again, interval, form)


def _anew(name: str, wanted: Wish) -> Wish:
    """The wish as the records are now; as it was, while somebody is at work on them."""
    from ..kernel.errors import KernelError
    from .rules_look import wish

    try:
        return wish(name)
    except KernelError:
        return wanted


def _raw(name: str) -> None:
    """What `nft list` says: of our tables only."""
    from ..kernel.stack import Stack
    from . import known
    from .rules_look import wish

    wanted = wish(known.require_container(name)) if name else None
    if wanted and not wanted.inside:
        say("\n".join(wanted.first) or f"{name} has no namespace with a name to look into")
        return
    with Stack() as stack:
        for line in stack.nft(wanted.inside if wanted else "").listing("nsnet"):
            say(line)


def _iptables(wanted: Wish) -> list[str]:
    """What Docker would write: of the host, and inside a container."""
    from ..looking.state import state
    from ..plan.names import PORT
    from ..show import iptables

    records = sorted(state().records.values(), key=lambda record: record.created)
    lines = iptables.save(record.layout for record in records) if records else []
    if wanted.choice is None:
        return lines
    segments = [s for each in wanted.layouts for s in each.segments if s.name in wanted.networks]
    lines = list(iptables.about(lines, {s.device for s in segments}, set(wanted.targets)))
    return [*lines, *(iptables.inside(PORT) if wanted.asks else ())]


def _require_rights() -> None:
    from ..engine.host import has_rights

    if not has_rights():
        from ..kernel.errors import PreconditionError

        raise PreconditionError(
            "only root sees the rules", "run it as `sudo nsnet rules`, or `nsnet --sandbox rules`"
        )
