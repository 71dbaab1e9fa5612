"""IP address management: which subnet a network gets, which address an endpoint.

Docker's pools and order: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/20 upwards, each
automatic subnet behind the one given last (measured of Docker 20.10: next fit, not first fit);
in a subnet the lowest free address; MAC addresses made from the IPv4 address.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from .layout import Span
from .model import Pool, TopologyError
from .naming import digest

Net = IPv4Network | IPv6Network
IP = IPv4Address | IPv6Address


class Pools:
    """Subnets of one family that automatic networks are taken from, in order: each base is cut
    into subnets of a prefix length (Docker: default-address-pools)."""

    def __init__(self, bases: Iterable[tuple[Net, int]]) -> None:
        self._bases = tuple((net, size, 1 << (size - net.prefixlen)) for net, size in bases)

    def __len__(self) -> int:
        return sum(count for _, _, count in self._bases)

    def __getitem__(self, number: int) -> Net:
        for base, size, count in self._bases:
            if number < count:
                step = 1 << (base.max_prefixlen - size)
                return _net(base.version, int(base.network_address) + number * step, size)
            number -= count
        raise IndexError(number)

    def following(self, subnet: str) -> int:
        """The number of the subnet behind `subnet`; 0 where that is none of these."""
        number = 0
        net = ip_network(subnet) if subnet else None
        for base, size, count in self._bases:
            if net and net.version == base.version and net.prefixlen == size:
                offset = int(net.network_address) - int(base.network_address)
                step = 1 << (base.max_prefixlen - size)
                if 0 <= offset < count * step:
                    return (number + offset // step + 1) % len(self)
            number += count
        return 0


#: Docker's, in libnetwork's ipamutils: 15 of /16 and 16 of /20.
DEFAULT_POOLS = Pools(
    (
        *((IPv4Network((f"172.{second}.0.0", 16)), 16) for second in range(17, 32)),
        (IPv4Network("192.168.0.0/16"), 20),
    )
)


def choose_subnet(
    used: Iterable[Net], after: str = "", first: str = "", pools: Pools = DEFAULT_POOLS
) -> Net:
    """The next of `pools` behind the subnet `after` that overlaps nothing in `used`; `first` is
    tried before all.

    Raises `TopologyError` when all are in use.
    """
    blocked = tuple(used)
    start, count = pools.following(after), len(pools)
    wanted = (ip_network(first),) if first else ()
    for pool in wanted:
        if not overlapping(pool, blocked):
            return pool
    for number in range(count):
        pool = pools[(start + number) % count]
        if not overlapping(pool, blocked):
            return pool
    version = pools[0].version if count else 4
    raise TopologyError(
        f"could not find an available, non-overlapping IPv{version} address pool among the "
        f"defaults to assign to the network: all {count} are in use: remove a network (nsnet "
        "network prune), or give this one a subnet of its own (--subnet 10.80.0.0/24)"
    )


def overlapping(net: Net, others: Iterable[Net]) -> Net | None:
    """The first of `others` that has addresses of `net`."""
    for other in others:
        if net.version == other.version and net.overlaps(other):
            return other
    return None


def unique_local(network: str) -> IPv6Network:
    """A /64 of the unique local addresses (RFC 4193) that belongs to the network's name."""
    bits = digest(f"nsnet {network}", 10)
    return IPv6Network(f"fd{bits[:2]}:{bits[2:6]}:{bits[6:]}::/64")


def span(pool: Pool) -> Span:
    """The subnet of `pool` with its gateway. Raises `TopologyError` if it cannot be so."""
    subnet = Subnet(pool)
    return Span(str(subnet.net), subnet.gateway)


class Subnet:
    """A subnet with its gateway and the addresses already given out.

    The first address of all is never given, nor the last of an IPv4 subnet: they mean the
    subnet itself and everybody in it (RFC 4632; Docker keeps the IPv6 one free as well). A /31
    has none left for a gateway. Raises `TopologyError`.
    """

    def __init__(self, pool: Pool, used: Iterable[str] = ()) -> None:
        self.net = parse_net(pool.subnet or "")
        begin, end = int(self.net.network_address), int(self.net.broadcast_address)
        self._ends = {begin, end} if self.net.version == 4 else {begin}
        self._used = set(self._ends)
        span = parse_net(pool.ip_range) if pool.ip_range else self.net
        if span.version != self.net.version or not span.overlaps(self.net):
            raise TopologyError(
                f"no matching subnet for range {pool.ip_range}: it is outside {self.net}: choose "
                "one inside"
            )
        self._range = span
        self._next = max(int(span.network_address), begin + 1)
        self._last = min(int(span.broadcast_address), max(end - (self.net.version == 4), begin))
        self.gateway = self._gateway(pool.gateway)
        self._used.add(int(ip_address(self.gateway)))
        for name, address in pool.aux_addresses:
            self._reserve(name, address)
        self._used |= {int(ip_address(each)) for each in used}

    def _gateway(self, wanted: str | None) -> str:
        """Given, or the first address (of the range, where there is one: Docker's rule)."""
        if not wanted:
            if self._next > self._last:
                raise TopologyError(
                    "failed to allocate gateway: No available addresses on this pool: subnet "
                    f"{self.net} has no room for a gateway: use /30 or wider"
                )
            return str(_ip(self.net.version, self._next))
        address = self._inside(wanted.partition("/")[0], f"no matching subnet for gateway {wanted}")
        if int(address) in self._ends:
            raise TopologyError(
                f"failed to allocate gateway ({address}): Address already in use: it stands for "
                f"the subnet {self.net} itself: use another, as {self.net.network_address + 1}"
            )
        return str(address)

    def _reserve(self, name: str, text: str) -> None:
        address = self._inside(text, f"no matching subnet for aux-address {text}")
        if int(address) in self._used:
            taken = "it is the gateway" if str(address) == self.gateway else "it is taken"
            raise TopologyError(
                f"failed to allocate secondary ip address ({name}:{address}): Address already in "
                f"use: {taken}: choose another"
            )
        self._used.add(int(address))

    def _inside(self, text: str, problem: str) -> IP:
        try:
            address = ip_address(text)
        except ValueError:
            raise TopologyError(f"{problem}: not an address (like 172.28.0.1)") from None
        if address not in self.net:
            raise TopologyError(
                f"{problem}: it is outside the subnet {self.net}: choose one inside"
            )
        return address

    def claim(self, address: str, who: str) -> str:
        """Take this very address. Raises `TopologyError` if it is not to be had."""
        number = int(ip_address(address))
        if ip_address(address) not in self.net:
            raise TopologyError(
                f"{who}: Invalid address {address}: It does not belong to any of this network's "
                f"subnets: it is outside the subnet {self.net}: choose one inside"
            )
        if number in self._used:
            raise TopologyError(
                f"{who}: Address already in use: {address} is {self._holder(number)}: choose "
                "another, or leave it to nsnet"
            )
        self._used.add(number)
        return address

    def _holder(self, number: int) -> str:
        if number in self._ends:
            return f"an end of the subnet {self.net}"
        if number == int(ip_address(self.gateway)):
            return "the gateway's"
        return "another container's, or kept free (--aux-address)"

    def next(self, who: str, network: str = "") -> str:
        """Take the lowest free address, for the container `who` of `network`."""
        while self._next in self._used:
            self._next += 1
        if self._next > self._last:
            where = f" of network {network}" if network else ""
            raise TopologyError(
                f"{who}: no available IPv{self.net.version} addresses on this network's address "
                f"pools: no free address is left in {self._range}{where}: take a container off it, "
                "or use a network with a wider --subnet or --ip-range"
            )
        self._used.add(self._next)
        return str(_ip(self.net.version, self._next))


def _net(version: int, number: int, prefix: int) -> Net:
    return IPv4Network((number, prefix)) if version == 4 else IPv6Network((number, prefix))


def _ip(version: int, number: int) -> IP:
    return IPv4Address(number) if version == 4 else IPv6Address(number)


def parse_net(text: str) -> Net:
    """A subnet from CIDR text; host bits are ignored, as Docker does."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise TopologyError(f"subnet {text!r}: not a subnet (like 172.28.0.0/16)") from None


def mac_from_ip(address: str, first: str = "02:42") -> str:
    """Docker's MAC address: 02:42 and the four bytes of the IPv4 address. The host's end of
    a cable starts with 06:42 instead, so that both ends can be told apart in a capture."""
    return f"{first}:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def mac_from_text(text: str, first: str = "02:42") -> str:
    """A MAC address for something without an IPv4 address."""
    bits = digest(text, 8)
    return f"{first}:{bits[:2]}:{bits[2:4]}:{bits[4:6]}:{bits[6:]}"
