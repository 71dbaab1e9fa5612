"""One module per network driver: what a network and an endpoint of it want of the kernel."""

from __future__ import annotations

from . import bridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from ...topology.layout import Endpoint, Segment
    from ..step import Step

    class Driver(Protocol):
        """What every driver module offers."""

        def segment(self, net: Segment) -> Iterator[Step]:
            """The steps that make the network."""

        def endpoint(self, plug: Endpoint, net: Segment, link_group: int) -> Iterator[Step]:
            """The steps that join a container to it."""


def driver(name: str) -> Driver:
    """A driver's module. On one host an overlay is a bridge with the MTU that its tunnel would
    leave. The rarer ones are imported when they are needed first."""
    if name == "macvlan":
        from . import macvlan

        return macvlan
    if name == "ipvlan":
        from . import ipvlan

        return ipvlan
    return bridge
