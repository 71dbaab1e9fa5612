"""``nsnet ls``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from .command import Command
from .options import format_option
from .output import say, say_json
from .settings import Settings

if TYPE_CHECKING:
    from ..engine.state import Record


@click.command(
    cls=Command,
    sandbox="start",
    examples=(
        ("nsnet ls", "what is up?"),
        ("nsnet down $(nsnet -q ls)", "take it all down"),
    ),
)
@format_option
@click.pass_obj
def ls(settings: Settings, form: str) -> None:
    """List the topologies that are up on this host.

    Status: up; damaged (a namespace or an interface of it has gone: `nsnet up` repairs it);
    incomplete (a build or a removal was interrupted).

    JSON: a list; of each topology: name, status, containers, networks, source.
    """
    from ..looking.state import state

    records = state().records
    if form == "json":
        say_json([_as_json(record) for record in records.values()])
    elif settings.quiet:
        for name in records:
            say(name)
    else:
        from ..show.table import table

        header = ("TOPOLOGY", "STATUS", "CONTAINERS", "NETWORKS", "SOURCE")
        say(table(header, [_row(record) for record in records.values()]))


def _row(record: Record) -> tuple[str, ...]:
    layout = record.layout
    containers, networks = len(layout.topology.containers), len(layout.segments)
    source = _short(layout.topology.source)
    return (layout.name, _status(record), str(containers), str(networks), source)


def _short(source: str) -> str:
    """A path as one would type it here; a built-in topology is called a demo."""
    from .. import demos

    folder, _, file = os.path.abspath(source).rpartition("/")
    if folder == os.path.dirname(demos.__file__):
        return f"demo {file.removesuffix('.yaml')}"
    near = os.path.relpath(source) if source else ""
    return source if near.startswith("..") else near


def _as_json(record: Record) -> dict[str, object]:
    layout = record.layout
    return {
        "name": layout.name,
        "status": _status(record),
        "containers": [c.name for c in layout.topology.containers],
        "networks": [s.name for s in layout.segments],
        "source": layout.topology.source,
    }


def _status(record: Record) -> str:
    """Cheap: by the names of namespaces and interfaces, without a look inside."""
    import socket

    from ..kernel import netns

    if not record.complete:
        return "incomplete"
    layout = record.layout
    there = {name for _, name in socket.if_nameindex()}
    wanted = {s.device for s in layout.segments}
    bridged = {s.name for s in layout.segments if s.bridged}  # others leave nothing on the host
    wanted |= {e.host_device for e in layout.endpoints if e.network in bridged}
    stacks = [c.name for c in layout.topology.containers if c.mode != "host" and not c.stopped]
    whole = wanted <= there and all(netns.inode(name) for name in stacks)
    return "up" if whole else "damaged"
