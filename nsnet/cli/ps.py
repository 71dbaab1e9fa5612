"""``nsnet ps``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import topologies
from .options import format_option
from .output import say, say_json
from .settings import Settings

if TYPE_CHECKING:
    from .known import Known

HEADER = ("CONTAINER", "TOPOLOGY", "STATE", "ADDRESS", "PORTS", "COMMAND")
_COMMAND_WIDTH = 24
_STUB = "(stub listener)"


@click.command(
    cls=Command,
    sandbox="start",
    examples=(
        ("nsnet ps", "containers, addresses, ports"),
        ("nsnet ps -a shop", "one topology, ended commands too"),
        ("nsnet ps --format json", "for jq"),
    ),
)
@click.argument("names", nargs=-1, metavar="[TOPOLOGY]...", shell_complete=topologies)
@click.option("-a", "--all", "everything", is_flag=True, help="Also those that have exited.")
@click.option(
    "--topology",
    "more",
    multiple=True,
    metavar="NAME",
    shell_complete=topologies,
    help="Only of this topology; repeatable.",
)
@format_option
@click.pass_obj
def ps(
    settings: Settings,
    names: tuple[str, ...],
    more: tuple[str, ...],
    everything: bool,
    form: str,
) -> None:
    """List the containers of this host.

    A container in which no command was started is there all the same: its network stack
    answers. State: Up, Exited (CODE), no process.

    JSON: a list; of each container: name, topology, service, mode, state, pid, command,
    endpoints (network, interface, host_interface, ipv4, ipv6, mac), ports (host_ip,
    host_port, container_port, protocol).
    """
    found = _found(set(names + more))
    if not everything:
        found = [each for each in found if not each.state.startswith("Exited")]
    if form == "json":
        say_json([_as_json(each) for each in found])
    elif settings.quiet:
        for each in found:
            say(each.container.name)
    else:
        from ..show.table import table

        say(table(HEADER, [_row(each) for each in found]))


def _found(wanted: set[str]) -> list[Known]:
    """The containers of the topologies `wanted`, of all where none is named."""
    from . import known

    state = known.state()
    for name in sorted(wanted - set(state.records)):
        raise known.no_topology(name, state.records)
    found = known.containers(state)
    return [each for each in found if not wanted or each.record.layout.name in wanted]


def _row(each: Known) -> tuple[str | list[str], ...]:
    from ..show import words

    layout, container = each.record.layout, each.container
    endpoints = layout.endpoints_of(container.name)
    keys = {network.name: network.key for network in layout.topology.networks}
    addresses = [f"{words.addresses(e)} ({keys.get(e.network) or e.network})" for e in endpoints]
    bindings = [b for b in layout.bindings if b.container == container.name]
    return (
        container.name,
        layout.name,
        each.state,
        addresses or [f"({words.stack(container)})"],
        [*words.published(bindings), *words.exposed(container, bindings)],
        _command(each),
    )


def _command(each: Known) -> str:
    if each.container.command:
        text = shlex.join(each.container.command)
        return text if len(text) <= _COMMAND_WIDTH else text[: _COMMAND_WIDTH - 1] + "…"
    return _STUB if each.container.stub else ""


def _as_json(each: Known) -> dict[str, object]:
    from ..show import data

    layout, container, process = each.record.layout, each.container, each.process
    return {
        "name": container.name,
        "topology": layout.name,
        "service": container.service,
        "mode": container.mode,
        "state": each.state,
        "pid": process.pid if process and process.alive else None,
        "command": list(container.command),
        "endpoints": [data.endpoint(e) for e in layout.endpoints_of(container.name)],
        "ports": [data.binding(b) for b in layout.bindings if b.container == container.name],
    }
