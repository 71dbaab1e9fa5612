"""Connection tracking: ending what the kernel remembers of flows.

The kernel asks the nat rules about the first packet of a flow only and treats the others as it
did that one. A program that goes on sending UDP from one port never starts a new flow: it would
go on to the old container, or past the new one, for as long as it sends. (TCP starts a new flow
with each connection.)

Sources: Linux ``include/uapi/linux/netfilter/nfnetlink_conntrack.h``, ``nf_conntrack_netlink.c``,
conntrack(8).
"""

from __future__ import annotations

import struct
from _socket import AF_INET, AF_INET6, IPPROTO_UDP, inet_ntop
from collections.abc import Iterable, Iterator
from contextlib import suppress

from ..value import Value
from . import sysctl
from .address import addresses
from .netlink import NESTED, REQUEST, Channel, attr, attr_u32, attributes

_NETFILTER = 12  # NETLINK_NETFILTER
_GET, _DELETE = 1 << 8 | 1, 1 << 8 | 2  # NFNL_SUBSYS_CTNETLINK; IPCTNL_MSG_CT_GET, _DELETE
_ORIGINAL, _ID, _ZONE, _FILTER = 1, 12, 18, 25  # CTA_…
_IP, _PROTO = 1, 2  # CTA_TUPLE_…
_V4_DESTINATION, _V6_DESTINATION = 2, 4  # CTA_IP_…
_NUMBER, _PORT = 1, 3  # CTA_PROTO_NUM, CTA_PROTO_DST_PORT
_FILTER_ORIGINAL = 1  # CTA_FILTER_ORIG_FLAGS
_BY_NUMBER, _BY_PORT = 1 << 3, 1 << 5  # CTA_FILTER_FLAG of PROTO_NUM and PROTO_DST_PORT
_U16 = struct.Struct("!H")


class Flows(Value):
    """The UDP flows that were sent to `port` of `address`; ``0.0.0.0`` and ``::`` stand for all
    addresses of the host."""

    address: str
    port: int

    @property
    def family(self) -> int:
        """The address family."""
        return AF_INET6 if ":" in self.address else AF_INET

    @property
    def everywhere(self) -> bool:
        """Does it stand for all addresses of the host?"""
        return self.address in ("0.0.0.0", "::")

    def include(self, destination: str, own: set[str]) -> bool:
        """Was it sent there, on a host with the addresses `own`?"""
        if self.everywhere:
            return destination in own or destination.startswith("127.")
        return destination == self.address


def forget(host: Channel, flows: Iterable[Flows]) -> None:
    """End the `flows` of the namespace that this thread is in, of which `host` is an rtnetlink
    channel. Their next packets start new ones.

    The kernel has one table for all namespaces and walks through it from end to end (18 ms for
    the 262144 buckets of a large machine), so it is not asked where there is nothing.

    A kernel without ctnetlink keeps the flows; they end by themselves after a time without
    packets (nf_conntrack_udp_timeout, 30 s).
    """
    if sysctl.read("net.netfilter.nf_conntrack_count") == "0":
        return
    wanted = list(dict.fromkeys(flows))
    own = {each.cidr.partition("/")[0] for each in addresses(host)}
    channel = Channel(_NETFILTER)
    try:
        with suppress(OSError):
            for family in sorted({each.family for each in wanted}):
                _forget(channel, [each for each in wanted if each.family == family], own)
    finally:
        channel.close()


def _forget(channel: Channel, wanted: list[Flows], own: set[str]) -> None:
    family = wanted[0].family
    by_port: dict[int, list[Flows]] = {}
    for each in wanted:
        by_port.setdefault(each.port, []).append(each)
    found = list(entries(channel, family, wanted[0].port if len(by_port) == 1 else 0))
    for destination, port, name in found:
        if any(each.include(destination, own) for each in by_port.get(port, ())):
            channel.add(_DELETE, REQUEST, _header(family) + name)
    channel.flush()  # what is refused is gone already


def _header(family: int) -> bytes:
    return bytes((family, 0, 0, 0))  # struct nfgenmsg


def entries(channel: Channel, family: int, port: int = 0) -> Iterator[tuple[str, int, bytes]]:
    """The UDP entries of a family in the namespace of a NETLINK_NETFILTER channel: original
    destination, its port, and the attributes by which the kernel knows the entry. With `port`,
    those of that port only, where the kernel can choose (Linux 5.8 and later: an older one tells
    of all)."""
    body = _header(family)
    if port:
        proto = attr(_NUMBER, bytes((IPPROTO_UDP,))) + attr(_PORT, _U16.pack(port))
        body += attr(_ORIGINAL | NESTED, attr(_PROTO | NESTED, proto))
        body += attr(_FILTER | NESTED, attr_u32(_FILTER_ORIGINAL, _BY_NUMBER | _BY_PORT))
    for data in channel.dump(_GET, body):
        values = dict(attributes(data, 4))
        original = dict(attributes(values.get(_ORIGINAL, b"")))
        ends = dict(attributes(original.get(_IP, b"")))
        proto_of = dict(attributes(original.get(_PROTO, b"")))
        there = ends.get(_V4_DESTINATION) or ends.get(_V6_DESTINATION)
        if there and proto_of.get(_NUMBER) == bytes((IPPROTO_UDP,)):
            name = attr(_ORIGINAL | NESTED, values[_ORIGINAL])
            name += b"".join(attr(kind, values[kind]) for kind in (_ID, _ZONE) if kind in values)
            kind = AF_INET if len(there) == 4 else AF_INET6
            yield inet_ntop(kind, there), _U16.unpack(proto_of[_PORT])[0], name
