"""Addresses and routes: messages and reading back, IPv4 and IPv6 alike.

Sources: rtnetlink(7), Linux ``include/uapi/linux/if_addr.h`` and ``rtnetlink.h``.
"""

from __future__ import annotations

import struct
import sys
from _socket import AF_INET, AF_INET6, inet_aton, inet_ntop, inet_pton

from ..value import Value
from .netlink import CREATE, NEW, REPLACE, REQUEST, Channel, attr, attr_u32, attributes

RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR = 20, 21, 22
RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE = 24, 25, 26

_IFA_ADDRESS, _IFA_LOCAL, _IFA_BROADCAST = 1, 2, 4
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY = 1, 4, 5, 6
_NODAD = 0x02
_MAIN, _BOOT, _UNICAST, _LINK_SCOPE = 254, 3, 1, 253

_ADDR = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")


class Address(Value):
    """An address on an interface, as CIDR text (``172.17.0.2/16``)."""

    index: int
    cidr: str


class Route(Value):
    """A unicast route of the main table; `destination` is CIDR text or ``default``, `via`
    empty for a connected one (``::`` for IPv6's default route without a gateway, as route(8)
    shows it: it would look like IPv4's otherwise)."""

    destination: str
    via: str
    index: int
    family: int
    metric: int = 0


def family(text: str) -> int:
    """The address family that `text` is written in."""
    return AF_INET6 if ":" in text else AF_INET


def add_address(channel: Channel, index: int, cidr: str, token: object) -> None:
    """Queue an address (with its broadcast, as `ip address add … brd +` does, in IPv4;
    without duplicate detection in IPv6, where nobody else can have it)."""
    body = _address(index, cidr)
    text, _, prefix = cidr.partition("/")
    if ":" not in cidr and int(prefix) <= 30:  # smaller nets have none (RFC 3021)
        host = (1 << (32 - int(prefix))) - 1
        number = int.from_bytes(inet_aton(text), "big") | host
        body += attr(_IFA_BROADCAST, number.to_bytes(4, "big"))
    channel.add(RTM_NEWADDR, NEW, body, token)


def delete_address(channel: Channel, index: int, cidr: str, token: object) -> None:
    """Queue the removal of an address."""
    channel.add(RTM_DELADDR, REQUEST, _address(index, cidr), token)


def _address(index: int, cidr: str) -> bytes:
    text, _, prefix = cidr.partition("/")
    kind = family(text)
    raw = inet_pton(kind, text)
    head = _ADDR.pack(kind, int(prefix), _NODAD if kind == AF_INET6 else 0, 0, index)
    return head + attr(_IFA_LOCAL, raw) + attr(_IFA_ADDRESS, raw)


def add_route(channel: Channel, destination: str, via: str, index: int, token: object) -> None:
    """Queue a route of the main table: `destination` CIDR or ``default``, through `via` or,
    where that is empty, directly onto the wire."""
    channel.add(RTM_NEWROUTE, NEW, _route(destination, via, index), token)


def replace_route(channel: Channel, destination: str, via: str, index: int, token: object) -> None:
    """Queue a route in the place of whichever leads to the same destination."""
    channel.add(RTM_NEWROUTE, REQUEST | CREATE | REPLACE, _route(destination, via, index), token)


def delete_route(channel: Channel, destination: str, via: str, index: int, token: object) -> None:
    """Queue the removal of a route."""
    channel.add(RTM_DELROUTE, REQUEST, _route(destination, via, index), token)


def _route(destination: str, via: str, index: int) -> bytes:
    kind = family(via or destination)
    text, _, prefix = ("", "", "0") if destination == "default" else destination.partition("/")
    via = "" if via == "::" else via
    scope = 0 if via or kind == AF_INET6 else _LINK_SCOPE
    body = _ROUTE.pack(kind, int(prefix), 0, 0, _MAIN, _BOOT, scope, _UNICAST, 0)
    if text:
        body += attr(_RTA_DST, inet_pton(kind, text))
    if via:
        body += attr(_RTA_GATEWAY, inet_pton(kind, via))
    return body + attr_u32(_RTA_OIF, index)


def addresses(channel: Channel) -> list[Address]:
    """Every address of the channel's namespace."""
    found = []
    for data in channel.dump(RTM_GETADDR, _ADDR.pack(0, 0, 0, 0, 0)):
        kind, prefix, _, _, index = _ADDR.unpack_from(data)
        values = dict(attributes(data, 8))
        raw = values.get(_IFA_LOCAL) or values.get(_IFA_ADDRESS)
        if raw and kind in (AF_INET, AF_INET6):
            found.append(Address(index, f"{inet_ntop(kind, raw)}/{prefix}"))
    return found


def routes(channel: Channel) -> list[Route]:
    """The unicast routes of the main tables of the channel's namespace."""
    found = []
    for data in channel.dump(RTM_GETROUTE, _ROUTE.pack(*(0,) * 9)):
        kind, prefix, _, _, table, _, _, sort, _ = _ROUTE.unpack_from(data)
        if table != _MAIN or sort != _UNICAST:
            continue
        values = dict(attributes(data, 12))
        index = int.from_bytes(values.get(_RTA_OIF, b""), sys.byteorder)
        to = values.get(_RTA_DST)
        target = f"{inet_ntop(kind, to)}/{prefix}" if to else "default"
        via = values.get(_RTA_GATEWAY)
        metric = int.from_bytes(values.get(_RTA_PRIORITY, b""), sys.byteorder)
        hop = inet_ntop(kind, via) if via else ""
        if not hop and not to and kind == AF_INET6:
            hop = "::"
        found.append(Route(target, hop, index, kind, metric))
    return found
