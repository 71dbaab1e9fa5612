"""A topology with every choice made: subnets, addresses, device names, ports, indexes.

`Layout` is what the plan is computed from and what is kept under /run/nsnet; the same
layout always gives the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from .model import Topology


@dataclass(frozen=True, slots=True)
class Span:
    """One address family of a segment. Addresses are plain text, `subnet` is CIDR."""

    subnet: str
    gateway: str

    @property
    def prefix(self) -> int:
        """The subnet's prefix length."""
        return int(self.subnet.rpartition("/")[2])

    def cidr(self, address: str) -> str:
        """`address` with the subnet's prefix length."""
        return f"{address}/{self.prefix}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A network laid out: the bridge it sits on. `owner` is the topology that made it,
    empty for the default bridge, which all share; `index` the bridge's ifindex."""

    name: str
    driver: str
    device: str
    mac: str
    mtu: int
    group: int
    index: int
    owner: str
    v4: Span | None = None
    v6: Span | None = None
    internal: bool = False
    icc: bool = True
    masquerade: bool = True
    host_ip: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def bridged(self) -> bool:
        """Does it sit on a bridge of ours (and so have a gateway, NAT and a firewall)?"""
        return self.driver in ("bridge", "overlay")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A container's plug in a segment: a cable from `host_device` on the bridge to `device`
    inside the container's sandbox. `route` says that the default route goes through here."""

    container: str
    network: str
    device: str
    host_device: str
    mac: str
    host_mac: str
    index: int
    host_index: int
    ipv4: str = ""
    ipv6: str = ""
    route: bool = False
    hairpin: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """A published port: what arrives for `host_ip`:`host_port` (0.0.0.0: any address of the
    host) goes to `ip`:`port`, an address of `container` on `network`."""

    protocol: str
    host_ip: str
    host_port: int
    container: str
    network: str
    ip: str
    port: int

    def clashes(self, other: Binding) -> bool:
        """Could one packet match both?"""
        if (self.protocol, self.host_port) != (other.protocol, other.host_port):
            return False
        ours, theirs = self.host_ip, other.host_ip
        if (":" in ours) != (":" in theirs):
            return False
        return ours == theirs or "0.0.0.0" in (ours, theirs) or "::" in (ours, theirs)

    @property
    def where(self) -> str:
        """The host side as text: ``0.0.0.0:8080``."""
        ip = f"[{self.host_ip}]" if ":" in self.host_ip else self.host_ip
        return f"{ip}:{self.host_port}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A topology and the choices made for it; `slot` numbers it on its host (1, 2, …)."""

    topology: Topology
    slot: int
    segments: tuple[Segment, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    bindings: tuple[Binding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The topology's name."""
        return self.topology.name

    def segment(self, network: str) -> Segment | None:
        """The segment of a network, or None."""
        return next((s for s in self.segments if s.name == network), None)

    def endpoints_of(self, container: str) -> list[Endpoint]:
        """The endpoints of one container in interface order."""
        return [e for e in self.endpoints if e.container == container]
