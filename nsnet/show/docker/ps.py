"""``docker ps``: its lines, and which containers it tells of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from ...topology.identity import short
from .. import words
from ..template.values import Struct
from . import ports
from .book import Book, Item
from .columns import matches
from .filters import BadFilter, Test, has_label, test_of
from .times import ago, local

#: The columns of the plain table: Docker's, with the address where there would be an image.
USUAL = ("ID", "Address", "Command", "RunningFor", "Status", "Ports", "Names")
HEADERS = {
    "ID": "CONTAINER ID",
    "Names": "NAMES",
    "Image": "IMAGE",
    "Command": "COMMAND",
    "CreatedAt": "CREATED AT",
    "RunningFor": "CREATED",
    "Ports": "PORTS",
    "State": "STATE",
    "Status": "STATUS",
    "Size": "SIZE",
    "Labels": "LABELS",
    "Mounts": "MOUNTS",
    "LocalVolumes": "LOCAL VOLUMES",
    "Networks": "NETWORKS",
    "Address": "ADDRESS",
    "Topology": "TOPOLOGY",
    "Service": "SERVICE",
}

_COMMAND_WIDTH = 20
STATES = ("created", "restarting", "running", "removing", "paused", "exited", "dead")


class Row(Struct):
    """A line of ``ps``."""

    kind = "*formatter.ContainerContext"


def row(item: Item, whole: bool = False) -> Row:
    """A container as ``ps`` tells it; the keys in the order of its JSON. `whole`: nothing is cut
    short."""
    container = item.container
    labels = dict(container.labels)
    return Row(
        Command=command(item, whole),
        CreatedAt=local(item.created),
        ID=item.id if whole else short(item.id),
        Image=container.image,
        Labels=",".join(f"{key}={value}" for key, value in sorted(labels.items())),
        LocalVolumes="0",
        Mounts="",
        Names=item.name,
        Networks=",".join(sorted(networks(item))),
        Ports=ports.short(ports.shown(item)),
        RunningFor=f"{ago(time.time() - item.created)} ago",
        Size="0B",
        State=item.status,
        Status=status(item),
        Address=", ".join(addresses(item)),
        Topology=item.record.layout.name,
        Service=container.service,
        Label=lambda key: labels.get(str(key), ""),
    )


def status(item: Item) -> str:
    """``Up 3 seconds``, ``Exited (0) 2 minutes ago``, ``Created``, ``no process``."""
    now, state = time.time(), item.status
    if item.idle:
        return "no process"
    if state == "created":
        return "Created"
    if state in ("exited", "restarting"):
        word = "Exited" if state == "exited" else "Restarting"
        when = f" {ago(now - item.finished)} ago" if item.finished else ""
        return f"{word} ({item.exit_code}){when}"
    return f"Up {ago(now - item.started)}" + (" (Paused)" if state == "paused" else "")


def command(item: Item, whole: bool = False) -> str:
    """Its command in quotes, cut to 20 characters unless it is to be `whole`."""
    container = item.container
    if not container.command:
        return "(stub listener)" if container.stub else ""
    first, *rest = container.command
    text = " ".join([first, *(f"'{word}'" if " " in word else word for word in rest)])
    if len(text) > _COMMAND_WIDTH and not whole:
        text = text[: _COMMAND_WIDTH - 1] + "…"
    shown = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{shown}"'


def addresses(item: Item) -> list[str]:
    """Its addresses with the networks that they are on; in a few words where it has none."""
    if item.container.stopped:
        return []
    keys = {net.name: net.key for net in item.record.layout.topology.networks}
    found = [f"{words.addresses(e)} ({keys.get(e.network) or e.network})" for e in item.endpoints]
    return found or [f"({words.stack(item.container)})"]


def networks(item: Item) -> list[str]:
    """The networks that it is on, or wants to be on."""
    if item.container.mode in ("host", "none"):
        return [item.container.mode]
    return [wish.network for wish in item.container.attachments]


# --- filters


def tests(book: Book, filters: Iterable[tuple[str, str]]) -> Test[Item]:
    """Whether a container is one of those asked for. Raises `BadFilter`."""
    return test_of(book, filters, _FILTERS)


def _by_name(book: Book, value: str) -> Test[Item]:
    return lambda item: matches(value, item.name, f"/{item.name}")


def _by_status(book: Book, value: str) -> Test[Item]:
    if value not in STATES:
        raise BadFilter(f"Invalid filter 'status={value}': use one of {', '.join(STATES)}")
    return lambda item: item.status == value


def _by_network(book: Book, value: str) -> Test[Item]:
    names = {net.name for net in book.nets_named(value)} or {value}
    return lambda item: bool(names & set(networks(item)))


def _by_port(published: bool) -> Callable[[Book, str], Test[Item]]:
    def make(book: Book, value: str) -> Test[Item]:
        span, _, protocol = value.partition("/")
        first, _, last = span.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise BadFilter(f"error while looking up for port {value}: write 80, 80/udp or 80-90")
        low, high = int(first), int(last or first)

        def test(item: Item) -> bool:
            return any(
                low <= (port.public if published else port.private) <= high
                and port.protocol == (protocol or "tcp")
                for port in ports.shown(item)
                if port.public or not published
            )

        return test

    return make


def _by_exit(book: Book, value: str) -> Test[Item]:
    if not value.lstrip("-").isdecimal():
        raise BadFilter(f"Invalid filter 'exited={value}': not an exit code")
    return lambda item: item.status == "exited" and item.exit_code == int(value)


def _by_age(older: bool) -> Callable[[Book, str], Test[Item]]:
    def make(book: Book, value: str) -> Test[Item]:
        found = book.named(value)
        if len(found) != 1:
            raise BadFilter(f"No such container: {value}")
        limit = found[0].created
        return lambda item: item.created < limit if older else item.created > limit

    return make


_FILTERS: dict[str, Callable[[Book, str], Test[Item]]] = {
    "name": _by_name,
    "id": lambda book, value: lambda item: item.id.startswith(value),
    "status": _by_status,
    "network": _by_network,
    "label": lambda book, value: lambda item: has_label(item.container.labels, value),
    "publish": _by_port(True),
    "expose": _by_port(False),
    "exited": _by_exit,
    "before": _by_age(True),
    "since": _by_age(False),
}
