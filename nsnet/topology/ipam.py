"""IP address management: which subnet a network gets, which address an endpoint.

Docker's pools and order: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/20 upwards; in a
subnet the lowest free address; MAC addresses made from the IPv4 address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from itertools import chain

from .layout import Span
from .model import Pool, TopologyError
from .naming import digest

Net = IPv4Network | IPv6Network
IP = IPv4Address | IPv6Address

#: The subnet of the default bridge, as Docker's.
DEFAULT_BRIDGE = "172.17.0.0/16"


def default_pools() -> Iterator[IPv4Network]:
    """The subnets that automatic networks are taken from, in order."""
    for second in range(17, 32):
        yield IPv4Network((f"172.{second}.0.0", 16))
    yield from IPv4Network("192.168.0.0/16").subnets(new_prefix=20)


def choose_subnet(used: Iterable[Net], start: str = "") -> IPv4Network:
    """The first default pool that overlaps nothing in `used`; `start` is tried before.

    172.17.0.0/16 is left to the default bridge, be it there or not, as in Docker.
    """
    blocked = [net for net in used if net.version == 4]
    wanted = [IPv4Network(start)] if start else []
    pools = (pool for pool in default_pools() if str(pool) != DEFAULT_BRIDGE)
    for pool in chain(wanted, pools):
        if not any(pool.overlaps(net) for net in blocked if isinstance(net, IPv4Network)):
            return pool
    raise TopologyError(
        "no free address pool is left among the defaults: remove a network, "
        "or give one a subnet of its own (ipam.config.subnet)"
    )


def unique_local(network: str) -> IPv6Network:
    """A /64 of the unique local addresses (RFC 4193) that belongs to the network's name."""
    bits = digest(f"nsnet {network}", 10)
    return IPv6Network(f"fd{bits[:2]}:{bits[2:6]}:{bits[6:]}::/64")


def span(pool: Pool) -> Span:
    """The subnet of `pool` with its gateway."""
    subnet = Subnet(pool)
    return Span(str(subnet.net), subnet.gateway)


class Subnet:
    """A subnet with its gateway and the addresses already given out."""

    def __init__(self, pool: Pool, used: Iterable[str] = ()) -> None:
        self.net = parse_net(pool.subnet or "")
        self.gateway = self._gateway(pool)
        self._used = {int(ip_address(each)) for each in used}
        self._used |= {int(ip_address(address)) for _, address in pool.aux_addresses}
        self._used.add(int(ip_address(self.gateway)))
        span = parse_net(pool.ip_range) if pool.ip_range else self.net
        self._next = max(int(span[0]), int(self.net[0]) + 1)
        last = int(self.net[-1]) - (1 if self.net.version == 4 else 0)
        self._last = min(int(span[-1]), last)

    def _gateway(self, pool: Pool) -> str:
        """Given, or the first address (of the range, where there is one: Docker's rule)."""
        if pool.gateway:
            return str(ip_address(pool.gateway.partition("/")[0]))
        if pool.ip_range:
            first = parse_net(pool.ip_range)[0]
            return str(first if first != self.net[0] else first + 1)
        return str(self.net[1])

    def claim(self, address: str, who: str) -> str:
        """Take this very address. Raises `TopologyError` if it is not to be had."""
        number = int(ip_address(address))
        if ip_address(address) not in self.net:
            raise TopologyError(f"{who}: address {address} is outside the subnet {self.net}")
        if number in self._used:
            raise TopologyError(f"{who}: address {address} is already in use: choose another")
        self._used.add(number)
        return address

    def next(self, who: str) -> str:
        """Take the lowest free address."""
        while self._next in self._used:
            self._next += 1
        if self._next > self._last:
            raise TopologyError(f"{who}: no free address is left in {self.net}")
        self._used.add(self._next)
        kind = IPv4Address if self.net.version == 4 else IPv6Address
        return str(kind(self._next))


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
