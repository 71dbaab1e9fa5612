"""A topology with every choice made: subnets, addresses, device names, ports, indexes.

`Layout` is what the plan is computed from and what is kept under /run/nsnet; the same
layout always gives the same steps.
"""

from __future__ import annotations

from ..value import Value
from .model import Topology


class Span(Value):
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


class Shim(Value):
    """The host's own interface on a macvlan or ipvlan network, with its addresses there."""

    device: str
    index: int
    ipv4: str = ""
    ipv6: str = ""


class Segment(Value):
    """A network laid out: the bridge it sits on. `owner` is the topology that made it,
    empty for the default bridge, which all share; `index` the bridge's ifindex. On a macvlan
    or ipvlan network `device` is the parent interface, and an `mtu` of 0 means the parent's."""

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
    shim: Shim | None = None

    @property
    def indexes(self) -> tuple[int, ...]:
        """The interface indexes that belong to it."""
        return (self.index, self.shim.index) if self.shim else (self.index,)

    @property
    def bridged(self) -> bool:
        """Does it sit on a bridge of ours (and so have a gateway, NAT and a firewall)?"""
        return self.driver in ("bridge", "overlay")


class Endpoint(Value):
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


class Binding(Value):
    """A published port: what arrives for `host_ip`:`host_port` (0.0.0.0: any address of the
    host) goes to `ip`:`port`, an address of `container` on `network`. `relay`: what the kernel
    cannot translate is relayed by a process of ours (Docker: docker-proxy)."""

    protocol: str
    host_ip: str
    host_port: int
    container: str
    network: str
    ip: str
    port: int
    relay: bool = False

    @property
    def translated(self) -> bool:
        """Does the kernel do it? It has no NAT between the families, and drops what is sent to
        ::1 from elsewhere, answers too (net/ipv6/ip6_input.c, RFC 4291 section 2.5.3)."""
        return (":" in self.host_ip) == (":" in self.ip) and self.host_ip != "::1"

    @property
    def relayed_on(self) -> str:
        """The host's address that the relay listens on, "" for none: for what the kernel
        translates on all IPv6 addresses, ::1 is left."""
        if not self.relay:
            return ""
        return "::1" if self.translated else self.host_ip

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


class Layout(Value):
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
