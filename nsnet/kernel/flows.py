"""What the kernel remembers of flows (conntrack): as they came, and as their answers will look.
Reading it, and making or ending a single entry; `conntrack` ends those of a published port.

Sources: Linux ``include/uapi/linux/netfilter/nfnetlink_conntrack.h``, conntrack(8).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from ..value import Value
from . import sysctl
from .netlink import CREATE, EXCLUSIVE, NESTED, REQUEST, Channel, attr, attributes

_NETFILTER = 12  # NETLINK_NETFILTER
_NEW, _GET, _DELETE = 1 << 8, 1 << 8 | 1, 1 << 8 | 2  # NFNL_SUBSYS_CTNETLINK; IPCTNL_MSG_CT_…
_ORIGINAL, _REPLY, _STATUS, _TIMEOUT, _NAT_DST = 1, 2, 3, 7, 13  # CTA_…
_SEEN_REPLY, _CONFIRMED = 1 << 1, 1 << 3  # IPS_…
_HEADER = bytes((socket.AF_INET, 0, 0, 0))  # struct nfgenmsg
_IP, _PROTO = 1, 2
_SOURCE, _DESTINATION = (1, 3), (2, 4)  # CTA_IP_V4_…, CTA_IP_V6_…
_NUMBER, _SPORT, _DPORT, _ICMP_ID, _ICMP6_ID = 1, 2, 3, 4, 7  # CTA_PROTO_…
_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp"}
_U16, _U32 = struct.Struct("!H"), struct.Struct("!I")


class End(Value):
    """One direction of a flow. Of ICMP echo, `sport` is the identifier."""

    src: str
    dst: str
    sport: int
    dport: int


class Flow(Value):
    """A flow: as it came to this stack, and as its answer will. `answered`: one has come."""

    protocol: str
    original: End
    reply: End
    answered: bool = False

    @property
    def dnat(self) -> bool:
        """Was its destination rewritten?"""
        return self.reply.src != self.original.dst or (
            self.protocol != "icmp" and self.reply.sport != self.original.dport
        )

    @property
    def snat(self) -> bool:
        """Was its source's address rewritten?"""
        return self.reply.dst != self.original.src


def read(family: int) -> Iterator[Flow]:
    """The flows of a family in the namespace that this thread is in. The kernel walks through one
    table for all namespaces (up to 18 ms): it is not asked where there is nothing."""
    if sysctl.read("net.netfilter.nf_conntrack_count") in (None, "0"):
        return
    channel = Channel(_NETFILTER)
    try:
        for data in channel.dump(_GET, bytes((family, 0, 0, 0))):
            values = dict(attributes(data, 4))
            number, original = _end(values.get(_ORIGINAL, b""))
            _, reply = _end(values.get(_REPLY, b""))
            if original and reply and number in _PROTOCOLS:
                status = int.from_bytes(values.get(_STATUS, b""), "big")
                yield Flow(_PROTOCOLS[number], original, reply, bool(status & _SEEN_REPLY))
    finally:
        channel.close()


def remember(flow: Flow, seconds: int) -> None:
    """Make an entry for a UDP flow of IPv4, answered and led to where its answers come from, in
    the namespace that this thread is in. Raises OSError."""
    to, port = socket.inet_aton(flow.reply.src), _U16.pack(flow.reply.sport)
    where = attr(1, to) + attr(2, to) + attr(3 | NESTED, attr(1, port) + attr(2, port))
    body = _tuple(_ORIGINAL, flow.original) + _tuple(_REPLY, flow.reply)
    body += attr(_TIMEOUT, _U32.pack(seconds)) + attr(_NAT_DST | NESTED, where)
    body += attr(_STATUS, _U32.pack(_CONFIRMED | _SEEN_REPLY))
    _send(_NEW, REQUEST | CREATE | EXCLUSIVE, body)


def forget(original: End) -> None:
    """End the entry of a UDP flow of IPv4, if there is one. Raises OSError."""
    _send(_DELETE, REQUEST, _tuple(_ORIGINAL, original))


def _send(kind: int, flags: int, body: bytes) -> None:
    channel = Channel(_NETFILTER)
    try:
        channel.add(kind, flags, _HEADER + body)
        channel.settle()
    finally:
        channel.close()


def _tuple(kind: int, end: End) -> bytes:
    ends = attr(1, socket.inet_aton(end.src)) + attr(2, socket.inet_aton(end.dst))
    proto = attr(_NUMBER, bytes((socket.IPPROTO_UDP,)))
    proto += attr(_SPORT, _U16.pack(end.sport)) + attr(_DPORT, _U16.pack(end.dport))
    return attr(kind | NESTED, attr(_IP | NESTED, ends) + attr(_PROTO | NESTED, proto))


def _end(data: bytes) -> tuple[int, End | None]:
    parts = dict(attributes(data))
    ips, proto = dict(attributes(parts.get(_IP, b""))), dict(attributes(parts.get(_PROTO, b"")))
    source = next((ips[kind] for kind in _SOURCE if kind in ips), b"")
    to = next((ips[kind] for kind in _DESTINATION if kind in ips), b"")
    if not source or not to or _NUMBER not in proto:
        return 0, None
    sport = _port(proto, _SPORT) or _port(proto, _ICMP_ID) or _port(proto, _ICMP6_ID)
    return proto[_NUMBER][0], End(_text(source), _text(to), sport, _port(proto, _DPORT))


def _port(proto: dict[int, bytes], kind: int) -> int:
    return int(_U16.unpack(proto[kind])[0]) if kind in proto else 0


def _text(address: bytes) -> str:
    family = socket.AF_INET if len(address) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, address)
