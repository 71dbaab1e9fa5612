"""A service's ``ports:`` and ``expose:``."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Port
from ..ports import PortError, long_port, parse_expose, parse_port
from .coerce import check_keys, text
from .draft import Draft, Service
from .keys import PORT
from .place import Place, Problems
from .tree import Items, Map, Node, is_null

Exposed = tuple[tuple[int, str], ...]


def read_ports(service: Service, problems: Problems) -> dict[Port, Place]:
    """The published ports, each once, and where they are written."""
    found: dict[Port, Place] = {}
    for node in _items(service.body.get("ports")):
        try:
            ports = _port(node, service, problems)
        except PortError as error:
            problems.add(node.at, f"{service.what}: ports: {error}{_origin(node)}")
            continue
        for port in ports:
            found.setdefault(port, node.at)
    return found


def _items(node: Node | None) -> Iterable[Node]:
    return [item for item in node.items if not is_null(item)] if isinstance(node, Items) else []


def _port(node: Node, service: Service, problems: Problems) -> tuple[Port, ...]:
    if isinstance(node, Map):
        what = f"{service.what}: ports"
        check_keys(node, PORT, what, problems)
        words = ("target", "published", "host_ip", "protocol")
        return long_port(*(text(node.get(word), f"{what}: {word}", problems) for word in words))
    return parse_port(text(node, f"{service.what}: ports", problems))


def _origin(node: Node) -> str:
    """The text as it stands in the file, where variables have changed it."""
    raw = getattr(node, "raw", "")
    return f' (written "{raw[:80]}")' if raw else ""


def read_expose(service: Service, problems: Problems) -> Exposed:
    """The (port, protocol) pairs of ``expose:``, each once."""
    found: dict[tuple[int, str], None] = {}
    for node in _items(service.body.get("expose")):
        try:
            pairs = parse_expose(text(node, f"{service.what}: expose", problems))
        except PortError as error:
            problems.add(node.at, f"{service.what}: expose: {error}{_origin(node)}")
            continue
        found |= dict.fromkeys(pairs)
    return tuple(found)


def without_host_side(
    ports: dict[Port, Place], expose: Exposed, service: Service, draft: Draft
) -> Exposed:
    """What a service listens on that has no address of its own to publish from.

    On the host's own stack (or on none) Docker drops its published ports; the program
    still listens, so that they count as exposed.
    """
    if ports:
        draft.notes.host_ports.append(service.key)
    listening = ((port.container_port, port.protocol) for port in ports)
    return tuple(dict.fromkeys((*expose, *listening)))
