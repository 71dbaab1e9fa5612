"""Names: who is called what, by whom, and where each container asks.

On a user-defined network names come from the resolver, which listens at 127.0.0.11 of every
container (Docker's embedded DNS server). It learns them from one small file per container,
which tells only of that container. On the default bridge there are no names, but for ``--link``.
"""

from __future__ import annotations

import json

from ..kernel import netns
from ..topology.identity import container_id, short
from ..topology.layout import Endpoint, Layout, Segment
from ..topology.model import DEFAULT_NETWORK, Container, Link

#: Where a container's programs ask, as in Docker. All of 127.0.0.0/8 is its own loopback.
ADDRESS = "127.0.0.11"

#: Where the resolver listens in each namespace. Port 53 itself stays free for the container's
#: own programs: a listener on 127.0.0.11:53 would keep them from 0.0.0.0:53. It is above the
#: ephemeral ports (net.ipv4.ip_local_port_range, 32768 to 60999), so no connection takes it.
PORT = 61053


class Book:
    """A layout, opened where names are looked up: its parts by their names."""

    def __init__(self, layout: Layout, resolv_conf: str = "") -> None:
        self.layout = layout
        #: The host's own resolv.conf.
        self.resolv_conf = resolv_conf
        self.segments: dict[str, Segment] = {s.name: s for s in layout.segments}
        self.containers: dict[str, Container] = {c.name: c for c in layout.topology.containers}
        self._endpoints: dict[str, list[Endpoint]] = {}
        for endpoint in layout.endpoints:
            self._endpoints.setdefault(endpoint.container, []).append(endpoint)

    def endpoints(self, container: str) -> list[Endpoint]:
        """The endpoints of a container in the order in which it was connected; those of a
        stopped one are none."""
        return self._endpoints.get(container, [])

    def endpoint(self, container: str, network: str) -> Endpoint | None:
        """A container's endpoint on one network, or None."""
        return next((e for e in self.endpoints(container) if e.network == network), None)


def hostname(container: Container) -> str:
    """What `hostname` says inside; the kernel takes 64 bytes (uts_namespaces(7)). A container
    that a command made is called by its short id, as in Docker."""
    return (container.hostname or short(container.id) or container.name)[:64]


def on_user_network(container: Container) -> bool:
    """Does it want to be on a network that has names?"""
    if container.mode not in ("bridge", "namespace"):
        return False
    return any(wish.network != DEFAULT_NETWORK for wish in container.attachments)


def asks_resolver(container: Container) -> bool:
    """Does it ask at 127.0.0.11? A foreign namespace has files and settings of its own. What was
    once on a user-defined network goes on asking there after it has left (Docker)."""
    return container.mode == "bridge" and (on_user_network(container) or container.resolver)


def entry(book: Book, container: Container) -> str:
    """What the resolver is told of `container`: JSON."""
    asks = asks_resolver(container)
    found: dict[str, object] = {
        "netns": netns.path(container.name) if asks else "",
        "port": PORT if asks else 0,
        "networks": _networks(book, container),
        "links": {link.alias: link.container for link in links(container)},
        "dns": list(container.dns),
    }
    ndots = _ndots(container)
    if ndots is not None:
        found["ndots"] = ndots
    return json.dumps(found, separators=(",", ":")) + "\n"


def links(container: Container) -> tuple[Link, ...]:
    """All of a container's links, whichever flag they came by."""
    ours = [*container.links, *(link for wish in container.attachments for link in wish.links)]
    return tuple(dict.fromkeys(ours))


def _networks(book: Book, container: Container) -> list[dict[str, object]]:
    """The user-defined networks of `container`, in the order in which names are looked up:
    internal ones last, then by name, like the choice of the default route (measured)."""
    aliases = {wish.network: wish.aliases for wish in container.attachments}
    general = (
        container.name,
        short(container_id(book.layout.name, container)),
        *((hostname(container),) if container.mode == "bridge" else ()),
    )
    found = [e for e in book.endpoints(container.name) if e.network != DEFAULT_NETWORK]
    found.sort(key=lambda e: (book.segments[e.network].internal, e.network))
    return [
        {
            "name": e.network,
            "ipv4": e.ipv4,
            "ipv6": e.ipv6,
            "names": list(dict.fromkeys((*general, *aliases.get(e.network, ())))),
        }
        for e in found
    ]


def _ndots(container: Container) -> int | None:
    """The user's own ``ndots:N``, if there is one."""
    for option in container.dns_opt:
        key, _, value = option.partition(":")
        if key == "ndots" and value.isdecimal():
            return int(value)
    return None
