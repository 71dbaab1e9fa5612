"""The ipvlan driver: containers on the host's LAN under the host's own MAC address, as neighbours
there (l2), or behind the host as behind a router (l3, l3s)."""

from __future__ import annotations

from collections.abc import Iterator

from ...topology import lan
from ...topology.layout import Endpoint, Segment
from ...value import replace
from ..step import Step
from ..steps.address import AddRoute
from . import macvlan
from .bridge import inside


def endpoint(plug: Endpoint, net: Segment, link_group: int) -> Iterator[Step]:
    """A sub-interface of the parent. In l3 nobody answers ARP: the default route leads straight
    into the interface, without a gateway (Docker does the same)."""
    if lan.mode(net) == "l2":
        yield from macvlan.endpoint(plug, net, link_group)
        return
    yield from macvlan.link(plug, net)
    yield from inside(replace(plug, route=False), net)
    for address, nowhere in ((plug.ipv4, ""), (plug.ipv6, "::")):
        if plug.route and address and not net.internal:
            yield AddRoute(plug.container, "default", nowhere, plug.device, plug.index)


segment = macvlan.segment
