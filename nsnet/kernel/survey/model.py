"""What a survey of the machine's network stacks finds, as plain values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from types import MappingProxyType

from ...value import Value, field

#: The key of the network stack that plays the host.
HOST = ""

#: How the tables are called that `nsnet trace` has while it runs.
TRACE_TABLES = "nsnet-trace-"


class Space(Value):
    """One network namespace. `key` names it in a survey: "" is the host, a word a name under
    /run/netns, ``pid:77`` one that has no name, but a process in it. `path` is how to get in,
    `names` all its names, `pids` the processes seen in it (when they were asked for)."""

    key: str
    path: str
    inode: int
    names: tuple[str, ...] = ()
    pids: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """What people call it: ``host``, its name, or ``pid:77``."""
        return self.key or "host"

    @property
    def prefix(self) -> str:
        """What goes before a command to run it there: "" or ``ip netns exec web ``."""
        if self.key.startswith("pid:"):
            return f"nsenter --net={self.path} "
        return f"ip netns exec {self.key} " if self.key else ""


class Interface(Value):
    """One interface. `peer` is the index of the other end (veth) or of the parent (macvlan,
    ipvlan, vlan), 0 if there is none; it is in the space `peer_space` (None: in one that the
    survey cannot see). `master` is the index of the bridge that it is a port of.

    `options` are those of its kind, by the names of ``ip -d link``: of a bridge ``stp_state``,
    ``vlan_filtering``, ``nf_call_iptables``; of a vxlan ``id``, ``port``, ``remote``, ``local``,
    ``dev`` (an index), ``learning``; of a macvlan and ipvlan ``mode``. `port` are those of a
    bridge port: ``state`` (3: forwarding), ``hairpin``, ``isolated``, ``learning``, ``flood``,
    ``neigh_suppress``. `flaps` is how often it came up (got a carrier) since it was made.
    """

    space: str
    index: int
    name: str
    kind: str = ""
    mac: str = ""
    mtu: int = 0
    up: bool = False
    carrier: bool = False
    operstate: str = ""
    promiscuous: bool = False
    master: int = 0
    peer: int = 0
    peer_space: str | None = None
    group: int = 0
    alias: str = ""
    flaps: int = 0
    options: Mapping[str, str | int] = field(default=MappingProxyType({}))
    port: Mapping[str, int] = field(default=MappingProxyType({}))

    @property
    def loopback(self) -> bool:
        """Is it ``lo``?"""
        return self.name == "lo"


class IfAddress(Value):
    """An address of an interface: ``172.17.0.2/16`` on ``eth0``. `peer` is the other end's where
    it differs; `flags` are words such as ``tentative``, ``dadfailed``, ``deprecated``."""

    device: str
    cidr: str
    scope: str = "global"
    peer: str = ""
    flags: tuple[str, ...] = ()

    @property
    def ip(self) -> str:
        """The address alone."""
        return self.cidr.partition("/")[0]

    @property
    def prefix(self) -> int:
        """The length of its network's prefix, in bits."""
        return int(self.cidr.partition("/")[2])

    @property
    def interface(self) -> IPv4Interface | IPv6Interface:
        """As Python's `ipaddress` has it."""
        return ip_interface(self.cidr)


class Route(Value):
    """A route of any table. `destination` is CIDR text or ``default``, `kind` is ``unicast``,
    ``local``, ``broadcast``, ``blackhole``, ``unreachable``, ``prohibit`` …, `via` empty for a
    connected one. `table` is a number (254: main, 255: local). `usable`: neither the route
    nor its interface is known to be dead (RTNH_F_DEAD, RTNH_F_LINKDOWN). `mtu` is the size of
    packets that it was given (``ip route … mtu``), 0 if none was."""

    family: int
    destination: str
    via: str = ""
    device: str = ""
    source: str = ""
    metric: int = 0
    table: int = 254
    kind: str = "unicast"
    scope: str = "global"
    usable: bool = True
    mtu: int = 0


class PolicyRule(Value):
    """A rule of ``ip rule``: which table is looked up for whom. `more` says that it has selectors
    that a survey does not read."""

    family: int
    priority: int
    table: int
    source: str = ""
    destination: str = ""
    iif: str = ""
    oif: str = ""
    mark: int = 0
    mask: int = 0
    action: str = "lookup"
    more: bool = False


class Neighbour(Value):
    """An entry of the neighbour table (ARP, NDP): `state` is ``REACHABLE``, ``STALE``,
    ``INCOMPLETE``, ``FAILED``, ``PERMANENT``, …"""

    device: str
    ip: str
    mac: str
    state: str


class FdbEntry(Value):
    """An entry of a forwarding database (``bridge fdb``). `device` is the port that `mac` is
    behind; `remote` the VXLAN endpoint behind that; `state` is ``permanent`` (the port's own),
    ``static`` or ""."""

    device: str
    mac: str
    master: str = ""
    remote: str = ""
    state: str = ""


class Listener(Value):
    """A socket that takes calls: `address` is ``0.0.0.0`` or ``::`` for all of them. One on ``::``
    takes IPv4 callers as well, unless it is `six_only` (IPV6_V6ONLY, ipv6(7)). `inode` is the
    socket's number, as ``ls -l /proc/PID/fd`` shows it."""

    protocol: str
    address: str
    port: int
    inode: int = 0
    six_only: bool = False


def path_of_pid(pid: int) -> str:
    """The network namespace of a process as a path."""
    return os.path.join("/proc", str(pid), "ns/net")
