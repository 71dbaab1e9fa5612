"""What is in use on a host already, as far as choosing has to know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_network

from ..value import Mutable, field
from .config import Config
from .ipam import Net, parse_net
from .layout import Binding, Layout, Segment
from .model import DEFAULT_NETWORK, Network


class Taken(Mutable, frozen=False):
    """What other topologies use, and whatever else is there.

    `nets` are subnets of host routes and addresses that are not nsnet's, `own` the host's own
    addresses among them (CIDR text) with their interfaces, `indexes` interface
    indexes of such interfaces, `mtu` that of the default route's interface, in bytes;
    `port_free` tells whether no program of the host listens on a port. `nameservers` are the
    addresses of the host's name servers, `after` is the subnet that an automatic network was
    given last (CIDR text), `last_port` the last random host port (0: none yet), `config` what
    the user has set for this host. `keeping`: containers that run keep their addresses, whoever
    asks for them. `ipv6`: the host has IPv6.
    """

    others: Sequence[Layout] = ()
    nets: Sequence[Net] = ()
    own: Sequence[tuple[str, str]] = ()
    indexes: Iterable[int] = ()
    mtu: int = 1500
    port_free: Callable[[str, str, int], bool] = lambda protocol, ip, port: True
    nameservers: Sequence[str] = ()
    after: str = ""
    config: Config = field(default_factory=Config)
    last_port: int = 0
    keeping: bool = False
    ipv6: bool = False

    @property
    def relays(self) -> bool:
        """Are IPv6 callers of a published port relayed to containers that only have IPv4?"""
        return self.ipv6 and self.config.userland_proxy

    def avoided(self) -> list[Net]:
        """What no automatic subnet may overlap: host routes, and the addresses of name servers
        (libnetwork's FindAvailableNetwork)."""
        return [*self.nets, *(ip_network(each.partition("%")[0]) for each in self.nameservers)]

    def declared(self, network: Network) -> Network:
        """`network` as it was declared by whoever made it."""
        if network.name == DEFAULT_NETWORK:
            return self.config.default_bridge(network)
        for other in self.others if network.external else ():
            for own in other.topology.networks:
                if own.name == network.name and not own.external:
                    return own
        return network

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
        segments = previous.segments if previous else ()
        self._reserved = {index for s in segments for index in s.indexes}
        self._reserved |= {e.host_index for e in previous.endpoints} if previous else set()
        for other in taken.others:
            self._used |= {index for s in other.segments for index in s.indexes}
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
