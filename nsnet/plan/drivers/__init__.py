"""One module per network driver: what a network and an endpoint of it want of the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ...topology.layout import Endpoint, Segment
from ..step import Step
from . import bridge, ipvlan, macvlan


class Driver(Protocol):
    """What every driver module offers."""

    def segment(self, net: Segment) -> Iterator[Step]:
        """The steps that make the network."""

    def endpoint(self, plug: Endpoint, net: Segment, link_group: int) -> Iterator[Step]:
        """The steps that join a container to it."""


#: On one host an overlay is a bridge with the MTU that its tunnel would leave.
DRIVERS: dict[str, Driver] = {
    "bridge": bridge,
    "overlay": bridge,
    "macvlan": macvlan,
    "ipvlan": ipvlan,
}
