"""What an interface has, its addresses and the routes over it, remembered byte by byte, so that
it can be put back exactly: as ``ip address save`` and ``ip route save`` do.

The kernel takes from an interface that is switched off its routes and its IPv6 addresses; with an
address go the routes that lean on it. Only some of that comes back by itself.

Sources: rtnetlink(7), Linux ``include/uapi/linux/{if_addr,rtnetlink}.h``.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from ..value import Value
from .address import RTM_DELADDR, RTM_GETADDR, RTM_GETROUTE, RTM_NEWADDR, RTM_NEWROUTE
from .netlink import CREATE, NEW, REQUEST, Channel, attr, attributes

_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")
_IP = (socket.AF_INET, socket.AF_INET6)
_IFA_CACHEINFO, _IFA_FLAGS = 6, 8
_TENTATIVE, _LINK = 0x40, 253
_OIF, _GATEWAY, _CACHEINFO, _TABLE = 4, 5, 12, 15
_CLONED, _LOCAL, _APPEND = 0x200, 255, 0x800


class Belongings(Value):
    """As netlink messages in hexadecimal digits, in the kernel's order."""

    addresses: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()


def read(channel: Channel, index: int) -> Belongings:
    """What the interface has now. Link-local addresses and what is in the table ``local`` come
    by themselves, and are left out."""
    addresses = tuple(each.hex() for each in _addresses(channel, index))
    routes = tuple(each.hex() for each in _routes(channel, index))
    return Belongings(addresses, routes)


def put_back(channel: Channel, index: int, was: Belongings) -> None:
    """Give the interface again what it misses. What it has got since stays. Raises OSError."""
    _put_addresses(channel, index, [bytes.fromhex(each) for each in was.addresses])
    wanted = [bytes.fromhex(each) for each in was.routes]
    there = set(_routes(channel, index))
    for route in sorted(wanted, key=lambda each: _GATEWAY in dict(attributes(each, 12))):
        if route not in there:
            # Beside another one to the same destination; of IPv6 that would make one of the two.
            beside = REQUEST | CREATE | _APPEND if route[0] == socket.AF_INET else NEW
            channel.add(RTM_NEWROUTE, beside, route)
    channel.settle()


def _put_addresses(channel: Channel, index: int, wanted: list[bytes]) -> None:
    """Those of one network stand in an order: the first is the one that is sent from."""
    there = list(_addresses(channel, index))
    known = [_key(each) for each in wanted]
    if [_key(each) for each in there if _key(each) in known] == known:
        return
    for each in there:
        if _key(each) in known:
            channel.add(RTM_DELADDR, REQUEST, each)
    channel.settle()
    for each in wanted:
        channel.add(RTM_NEWADDR, NEW, each)
    channel.settle()


def _key(address: bytes) -> tuple[object, ...]:
    family, prefix, *_ = _ADDRESS.unpack_from(address)
    found = dict(attributes(address, 8))
    return family, prefix, found.get(2) or found.get(1)


def _addresses(channel: Channel, index: int) -> Iterator[bytes]:
    for data in channel.dump(RTM_GETADDR, bytes(8)):
        family, prefix, flags, scope, device = _ADDRESS.unpack_from(data)
        if device != index or family not in _IP:
            continue
        if family == socket.AF_INET6 and scope == _LINK:
            continue
        kept = ((k, v) for k, v in attributes(data, 8) if k not in (_IFA_CACHEINFO, _IFA_FLAGS))
        more = dict(attributes(data, 8)).get(_IFA_FLAGS, bytes(4))
        word = int.from_bytes(more, "little" if _LITTLE else "big") & ~(_TENTATIVE | 0x01)
        body = b"".join(attr(kind, value) for kind, value in kept)
        body += attr(_IFA_FLAGS, struct.pack("=I", word))
        yield _ADDRESS.pack(family, prefix, flags & ~(_TENTATIVE | 0x01), scope, device) + body


_LITTLE = struct.pack("=H", 1) == b"\1\0"


def _routes(channel: Channel, index: int) -> Iterator[bytes]:
    for data in channel.dump(RTM_GETROUTE, bytes(12)):
        family, bits, tos, _, table, protocol, scope, kind, flags = _ROUTE.unpack_from(data)
        found = dict(attributes(data, 12))
        device = int.from_bytes(found.get(_OIF, b""), "little" if _LITTLE else "big")
        if family not in _IP or device != index or flags & _CLONED or table == _LOCAL:
            continue
        target = found.get(1, b"")
        if family == socket.AF_INET6 and target[:1] in (b"\xff", b"\xfe"):
            continue
        head = _ROUTE.pack(family, bits, tos, 0, table, protocol, scope, kind, 0)
        kept = sorted((k, v) for k, v in found.items() if k != _CACHEINFO)
        yield head + b"".join(attr(key, value) for key, value in kept)
