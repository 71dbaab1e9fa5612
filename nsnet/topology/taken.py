"""What is in use on a host already, as far as choosing has to know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .ipam import Net, parse_net
from .layout import Binding, Layout, Segment


@dataclass(slots=True)
class Taken:
    """What other topologies use, and whatever else is there.

    `nets` are subnets of host routes and addresses that are not nsnet's, `own` the host's own
    addresses among them (CIDR text) with their interfaces, `indexes` interface
    indexes of such interfaces, `mtu` that of the default route's interface, in bytes;
    `port_free` tells whether no program of the host listens on a port.
    """

    others: Sequence[Layout] = ()
    nets: Sequence[Net] = ()
    own: Sequence[tuple[str, str]] = ()
    indexes: Iterable[int] = ()
    mtu: int = 1500
    port_free: Callable[[str, str, int], bool] = lambda protocol, ip, port: True

    def segments(self) -> list[Segment]:
        """The networks of the other topologies."""
        return [segment for other in self.others for segment in other.segments]

    def bindings(self) -> list[Binding]:
        """The published ports of the other topologies."""
        return [binding for other in self.others for binding in other.bindings]

    def addresses(self, network: str) -> list[str]:
        """Addresses, of both families, that others have on a network."""
        plugs = [e for other in self.others for e in other.endpoints if e.network == network]
        return [text for e in plugs for text in (e.ipv4, e.ipv6) if text]


def subnets_of(segments: Iterable[Segment]) -> list[Net]:
    """The subnets that segments have."""
    spans = [span for s in segments for span in (s.v4, s.v6) if span]
    return [parse_net(span.subnet) for span in spans]


class Indexes:
    """Interface indexes, given out from 1000 upwards."""

    FIRST = 1000

    def __init__(self, taken: Taken, previous: Layout | None = None) -> None:
        self._used = set(taken.indexes)
        self._reserved = {s.index for s in previous.segments} if previous else set()
        self._reserved |= {e.host_index for e in previous.endpoints} if previous else set()
        for other in taken.others:
            self._used |= {s.index for s in other.segments}
            self._used |= {e.host_index for e in other.endpoints}
        self._next = self.FIRST

    def keep(self, index: int) -> bool:
        """Take this very index, if it is free."""
        if index in self._used:
            return False
        self._used.add(index)
        return True

    def next(self) -> int:
        """Take the lowest free one that nothing of before has."""
        while self._next in self._reserved or not self.keep(self._next):
            self._next += 1
        return self._next
