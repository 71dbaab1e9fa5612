"""``nsnet ps``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import shapes
from .complete import topologies
from .container_command import ContainerCommand
from .output import say, say_json
from .settings import Settings

if TYPE_CHECKING:
    from ..show.docker.book import Book, Item


@click.command(
    cls=ContainerCommand,
    sandbox="start",
    examples=(
        ("nsnet ps", "containers that run, addresses, ports"),
        ("nsnet ps -a shop", "one topology, ended commands too"),
        ("nsnet ps -f network=front -q", "ids of those on a network"),
        ("nsnet ps --format 'table {{.Names}}\\t{{.Status}}'", "columns of your choice"),
        ("nsnet ps --format json", "for jq"),
    ),
)
@click.argument("names", nargs=-1, metavar="[TOPOLOGY]...", shell_complete=topologies)
@click.option("-a", "--all", "everything", is_flag=True, help="Also those that do not run.")
@click.option("-n", "--last", type=int, default=-1, metavar="N", help="The N newest, of any state.")
@click.option("-l", "--latest", is_flag=True, help="The newest one, of any state.")
@click.option("--no-trunc", "whole", is_flag=True, help="Cut nothing short.")
@click.option("-s", "--size", is_flag=True, hidden=True, help="Files have no size of their own.")
@click.option(
    "--topology",
    "more",
    multiple=True,
    metavar="NAME",
    shell_complete=topologies,
    help="Only of this topology; repeatable.",
)
@shapes.filter_option(
    "-f", "--filter", known="name, id, status, network, label, publish, expose, exited"
)
@click.option("--format", "form", default="", metavar="FORM", help="table, json, or a Go template.")
@click.pass_obj
def ps(
    settings: Settings,
    names: tuple[str, ...],
    more: tuple[str, ...],
    everything: bool,
    last: int,
    latest: bool,
    whole: bool,
    size: bool,
    filters: list[tuple[str, str]],
    form: str,
) -> None:
    """List the containers of this host, as `docker ps` does, newest first.

    There are no images: where Docker has IMAGE, ADDRESS tells the container's
    addresses and networks. A container in which no command was started is there
    all the same, "no process": its network stack answers.

    Fields of a template: .ID .Names .Command .CreatedAt .RunningFor .State
    .Status .Ports .Networks .Labels .Address .Topology .Service, .Label "name".

    JSON: a list; of each container: id, name, topology, service, mode, state,
    status, pid, command, endpoints (network, interface, host_interface, ipv4, ipv6,
    mac), ports (host_ip, host_port, container_port, protocol).
    """
    from ..show.docker import ps as lines

    last = 1 if latest else last
    book = shapes.book()
    asked = any(key in ("status", "exited") for key, _ in filters)
    wanted = lines.tests(book, filters)
    found = [each for each in _of_topologies(book, set(names + more)) if wanted(each)]
    if not (everything or asked or last > 0):
        found = [each for each in found if each.running]
    found.sort(key=lambda each: -each.created)
    found = found[:last] if last > 0 else found
    if form == "json":
        say_json([_as_json(each) for each in found])
    elif settings.quiet and not form:
        for each in found:
            say(each.id if whole else each.id[:12])
    else:
        rows = [lines.row(each, whole) for each in found]
        shapes.columns(form, lines.USUAL, lines.HEADERS, rows)


def _of_topologies(book: Book, wanted: set[str]) -> list[Item]:
    """The containers of the topologies `wanted`, of all where none is named."""
    from .known import no_topology

    for name in sorted(wanted - set(book.state.records)):
        raise no_topology(name, book.state.records)
    return [each for each in book.items() if not wanted or each.record.layout.name in wanted]


def _as_json(each: Item) -> dict[str, object]:
    from ..show import data
    from ..show.docker import ps as lines

    layout, container = each.record.layout, each.container
    return {
        "id": each.id,
        "name": container.name,
        "topology": layout.name,
        "service": container.service,
        "mode": container.mode,
        "state": "no process" if each.idle else each.status,
        "status": lines.status(each),
        "pid": each.pid or None,
        "command": list(container.command),
        "endpoints": [data.endpoint(e) for e in each.endpoints],
        "ports": [data.binding(b) for b in layout.bindings if b.container == container.name],
    }
