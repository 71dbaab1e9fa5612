"""Reading addresses, routes, routing rules, neighbours and forwarding databases.

Sources: rtnetlink(7), Linux ``include/uapi/linux/{if_addr,rtnetlink,fib_rules,neighbour}.h``.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Iterator

from ..netlink import Channel, attributes, mac_text
from .model import FdbEntry, IfAddress, Neighbour, PolicyRule, Route

#: The name of the interface with an index.
Names = Callable[[int], str]

_GET_ADDRESS, _GET_ROUTE, _GET_NEIGHBOUR, _GET_RULE = 22, 26, 30, 34
_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")
_RULE = struct.Struct("=BBBBBBBBI")
_NEIGHBOUR = struct.Struct("=BBHiHBB")
_NEXT_HOP = struct.Struct("=HBBi")
_BRIDGE = 7  # AF_BRIDGE
_IP = (socket.AF_INET, socket.AF_INET6)

_SCOPES = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
_FLAGS = {0x01: "secondary", 0x08: "dadfailed", 0x20: "deprecated", 0x40: "tentative"}
_KINDS = {
    1: "unicast", 2: "local", 3: "broadcast", 4: "anycast", 5: "multicast", 6: "blackhole",
    7: "unreachable", 8: "prohibit", 9: "throw",
}  # fmt: skip
_DEAD = 0x1 | 0x10  # RTNH_F_DEAD, RTNH_F_LINKDOWN
_CLONED = 0x200  # RTM_F_CLONED: what IPv6 remembers of a path, no route of its own
_ACTIONS = {1: "lookup", 2: "goto", 3: "nop", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
#: Selectors of rules that are not decoded: tunnels, users, protocols, ports, l3mdev.
_FURTHER = frozenset((4, 12, 19, 20, 22, 23, 24))
_STATES = {
    0x01: "INCOMPLETE", 0x02: "REACHABLE", 0x04: "STALE", 0x08: "DELAY", 0x10: "PROBE",
    0x20: "FAILED", 0x40: "NOARP", 0x80: "PERMANENT",
}  # fmt: skip


def addresses(channel: Channel, name: Names) -> Iterator[IfAddress]:
    """Every address."""
    for data in channel.dump(_GET_ADDRESS, bytes(8)):
        family, prefix, flags, scope, index = _ADDRESS.unpack_from(data)
        if family not in _IP:
            continue
        found = dict(attributes(data, 8))
        there, here = found.get(1, b""), found.get(2, b"")  # IFA_ADDRESS, IFA_LOCAL
        own = here or there
        flags |= _number(found.get(8, b""))  # IFA_FLAGS
        yield IfAddress(
            device=name(index),
            cidr=f"{socket.inet_ntop(family, own)}/{prefix}",
            scope=_SCOPES.get(scope, str(scope)),
            peer=socket.inet_ntop(family, there) if here and there and here != there else "",
            flags=tuple(word for bit, word in _FLAGS.items() if flags & bit),
        )


def routes(channel: Channel, name: Names) -> Iterator[Route]:
    """Every route of every table; one with several next hops comes once for each. (Attribute 8 is
    RTA_METRICS, of which 2 is RTAX_MTU.)"""
    for data in channel.dump(_GET_ROUTE, bytes(12)):
        family, bits, _, _, table, _, scope, kind, flags = _ROUTE.unpack_from(data)
        if family not in _IP or flags & _CLONED:
            continue
        found = dict(attributes(data, 12))
        to, source = found.get(1), found.get(7)  # RTA_DST, RTA_PREFSRC
        for index, via, state in _hops(found, family, flags):
            yield Route(
                family=family,
                destination=f"{socket.inet_ntop(family, to)}/{bits}" if to else "default",
                via=via,
                device=name(index) if index else "",
                source=socket.inet_ntop(family, source) if source else "",
                metric=_number(found.get(6, b"")),
                table=_number(found.get(15, b"")) or table,
                kind=_KINDS.get(kind, str(kind)),
                scope=_SCOPES.get(scope, str(scope)),
                usable=not state & _DEAD,
                mtu=_number(dict(attributes(found.get(8, b""), 0)).get(2, b"")),
            )


def _hops(found: dict[int, bytes], family: int, flags: int) -> Iterator[tuple[int, str, int]]:
    """(index, gateway, flags) of each next hop (RTA_OIF, RTA_GATEWAY, RTA_MULTIPATH)."""
    several = found.get(9)
    if several is None:
        yield _number(found.get(4, b"")), _gateway(found, family), flags
        return
    start = 0
    while start + 8 <= len(several):
        size, state, _, index = _NEXT_HOP.unpack_from(several, start)
        if size < 8:
            return
        yield index, _gateway(dict(attributes(several, start + 8, start + size)), family), state
        start += (size + 3) & ~3


def _gateway(found: dict[int, bytes], family: int) -> str:
    if 5 in found:
        return socket.inet_ntop(family, found[5])
    if 18 in found:  # RTA_VIA: a gateway of the other family
        return socket.inet_ntop(int.from_bytes(found[18][:2], sys.byteorder), found[18][2:])
    return ""


def policy(channel: Channel) -> Iterator[PolicyRule]:
    """Every rule of ``ip rule``, in the order in which they are asked."""
    for data in channel.dump(_GET_RULE, bytes(12)):
        family, to_bits, from_bits, _, table, _, _, action, _ = _RULE.unpack_from(data)
        if family not in _IP:
            continue
        found = dict(attributes(data, 12))
        suppress = found.get(14, b"\xff\xff\xff\xff") != b"\xff\xff\xff\xff"
        yield PolicyRule(
            family=family,
            priority=_number(found.get(6, b"")),
            table=_number(found.get(15, b"")) or table,
            source=f"{socket.inet_ntop(family, found[2])}/{from_bits}" if 2 in found else "",
            destination=f"{socket.inet_ntop(family, found[1])}/{to_bits}" if 1 in found else "",
            iif=_text(found.get(3, b"")),
            oif=_text(found.get(17, b"")),
            mark=_number(found.get(10, b"")),
            mask=_number(found.get(16, b"")),
            action=_ACTIONS.get(action, str(action)),
            more=suppress or not found.keys().isdisjoint(_FURTHER),
        )


def neighbours(channel: Channel, name: Names) -> Iterator[Neighbour]:
    """Every entry of the neighbour tables that stands for one machine."""
    for data in channel.dump(_GET_NEIGHBOUR, bytes(12)):
        family, _, _, index, state, _, kind = _NEIGHBOUR.unpack_from(data)
        found = dict(attributes(data, 12))
        if family not in _IP or 1 not in found or _KINDS.get(kind) in ("broadcast", "multicast"):
            continue
        yield Neighbour(
            device=name(index),
            ip=socket.inet_ntop(family, found[1]),
            mac=mac_text(found.get(2, b"")),
            state=_STATES.get(state, str(state)),
        )


def fdb(channel: Channel, name: Names) -> Iterator[FdbEntry]:
    """Every entry of the forwarding databases of bridges and VXLANs."""
    for data in channel.dump(_GET_NEIGHBOUR, _NEIGHBOUR.pack(_BRIDGE, 0, 0, 0, 0, 0, 0)):
        family, _, _, index, state, _, _ = _NEIGHBOUR.unpack_from(data)
        found = dict(attributes(data, 12))
        if family != _BRIDGE or 2 not in found:
            continue
        to = found.get(1)
        there = socket.AF_INET if to and len(to) == 4 else socket.AF_INET6
        yield FdbEntry(
            device=name(index),
            mac=mac_text(found[2]),
            master=name(_number(found[9])) if 9 in found else "",
            remote=socket.inet_ntop(there, to) if to else "",
            state="permanent" if state & 0x80 else "static" if state & 0x40 else "",
        )


def _number(value: bytes) -> int:
    return int.from_bytes(value, sys.byteorder)


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode(errors="replace")
