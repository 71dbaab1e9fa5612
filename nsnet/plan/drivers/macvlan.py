"""The macvlan and ipvlan drivers: containers as machines of their own on the host's LAN."""

from __future__ import annotations

from collections.abc import Iterator

from ...topology.layout import Endpoint, Segment
from ..step import Step
from ..steps.lan import AddLanLink
from .bridge import inside


def segment(net: Segment) -> Iterator[Step]:
    """Nothing: the host's interface `net.device` is the network."""
    yield from ()


def endpoint(plug: Endpoint, net: Segment, link_group: int) -> Iterator[Step]:
    """A sub-interface of the parent, made inside the container."""
    options = dict(net.options)
    default = "bridge" if net.driver == "macvlan" else "l2"
    yield AddLanLink(
        plug.host_device,
        plug.host_index,
        net.driver,
        options.get(f"{net.driver}_mode", default),
        net.device,
        plug.mac if net.driver == "macvlan" else "",
        net.mtu,
        plug.container,
        plug.device,
        net.name,
    )
    yield from inside(plug, net)
