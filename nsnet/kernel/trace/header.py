"""Reading the headers of a packet: Ethernet, ARP, IP, TCP, UDP, ICMP, VXLAN.

Sources: RFC 791, 8200, 9293, 768, 792, 4443, 826, 4861, 7348.
"""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from .flow import ICMP, ICMPV6, TCP, UDP

IPV4, IPV6, ARP = 0x0800, 0x86DD, 0x0806
ECHO_REQUESTS, ECHO_REPLIES = {ICMP: 8, ICMPV6: 128}, {ICMP: 0, ICMPV6: 129}
_FLAGS = "FSRPAUEC"
_SOLICIT, _ADVERTISE = 135, 136
_VXLAN = b"\x08\0\0\0"


class Header(NamedTuple):
    """What an IP packet's headers say. `flags` are those of TCP as letters. `kind` and `code` are
    ICMP's; `ident` and `number` those of an echo; `about` is the packet that an ICMP error
    quotes. `data` is what UDP carries, as far as it was seen."""

    protocol: int
    src: str
    dst: str
    ttl: int
    size: int
    sport: int = 0
    dport: int = 0
    flags: str = ""
    seq: int = 0
    ack: int = 0
    kind: int = -1
    code: int = 0
    ident: int = 0
    number: int = 0
    about: Header | None = None
    data: bytes = b""

    @property
    def error(self) -> bool:
        """Is it an ICMP error?"""
        return self.about is not None


class Asking(NamedTuple):
    """Who has an address (ARP request, neighbour solicitation), or the answer to it."""

    address: str
    asker: str
    answer: bool
    mac: str = ""


def read_frame(kind: int, data: bytes) -> Header | Asking | None:
    """What is in a frame, from behind its Ethernet header; `kind` is the EtherType."""
    if kind == ARP:
        return _arp(data)
    header = read(data)
    if header is not None and header.kind in (_SOLICIT, _ADVERTISE):
        return _neighbour(header, data)
    return header


def read_told(data: bytes, transport: bytes) -> Header | Asking | None:
    """The same of what netfilter shows: the network's header, and the beginning of the next."""
    if data[:2] == b"\0\1":
        return _arp(data)
    header = read(data, transport)
    if header is not None and header.kind in (_SOLICIT, _ADVERTISE):
        return _neighbour(header, data[:40] + transport + b"\0" * 16)
    return header


def read(data: bytes, transport: bytes | None = None) -> Header | None:
    """The headers from the IP header on; None if they are not whole. `transport` is what follows
    the IP header, where that is not simply the next bytes."""
    if len(data) < 20:
        return None
    if data[0] >> 4 == 4:
        size, ttl, protocol = data[2] << 8 | data[3], data[8], data[9]
        src, dst = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
        length = (data[0] & 0xF) * 4
    elif data[0] >> 4 == 6 and len(data) >= 40:
        size, ttl, protocol = 40 + (data[4] << 8 | data[5]), data[7], data[6]
        src = socket.inet_ntop(socket.AF_INET6, data[8:24])
        dst = socket.inet_ntop(socket.AF_INET6, data[24:40])
        length = 40
        if protocol == 0 and len(data) > 42:  # Hop-by-hop options: multicast memberships have one.
            protocol, length = data[40], 48 + 8 * data[41]
    else:
        return None
    rest = data[length:] if transport is None else transport
    return _with_transport(Header(protocol, src, dst, ttl, size), rest)


def _with_transport(header: Header, rest: bytes) -> Header:
    if header.protocol == TCP and len(rest) >= 14:
        sport, dport, seq, ack, bits = struct.unpack_from("!HHIIxB", rest)
        flags = "".join(x for i, x in enumerate(_FLAGS) if bits >> i & 1)
        return header._replace(sport=sport, dport=dport, seq=seq, ack=ack, flags=flags)
    if header.protocol == UDP and len(rest) >= 8:
        sport, dport = struct.unpack_from("!HH", rest)
        return header._replace(sport=sport, dport=dport, data=rest[8:])
    if header.protocol in (ICMP, ICMPV6) and len(rest) >= 8:
        kind, code, ident, number = struct.unpack_from("!BBxxHH", rest)
        if kind in (ECHO_REQUESTS[header.protocol], ECHO_REPLIES[header.protocol]):
            return header._replace(kind=kind, code=code, ident=ident, number=number)
        about = read(rest[8:]) if _is_error(header.protocol, kind) else None
        return header._replace(kind=kind, code=code, about=about)
    return header


def _is_error(protocol: int, kind: int) -> bool:
    return kind in (3, 4, 5, 11, 12) if protocol == ICMP else kind < 128


def _arp(data: bytes) -> Asking | None:
    if len(data) < 28 or data[:8][:6] != b"\0\1\x08\0\x06\x04":
        return None
    asker, asked = socket.inet_ntoa(data[14:18]), socket.inet_ntoa(data[24:28])
    if data[7] == 1:
        return Asking(asked, asker, answer=False)
    return Asking(asker, asked, answer=True, mac=data[8:14].hex(":"))


def _neighbour(header: Header, data: bytes) -> Asking | None:
    if len(data) < 64:
        return None
    address = socket.inet_ntop(socket.AF_INET6, data[48:64])
    if header.kind == _SOLICIT:
        return Asking(address, header.src, answer=False)
    return Asking(address, header.dst, answer=True)


def inside_vxlan(kind: int, data: bytes) -> tuple[int, bytes] | None:
    """The frame that a VXLAN datagram carries: its EtherType, and what follows. None if it is
    no such datagram."""
    if kind == IPV4 and len(data) > 20 and data[9] == UDP:
        start = (data[0] & 0xF) * 4
    elif kind == IPV6 and len(data) > 40 and data[6] == UDP:
        start = 40
    else:
        return None
    if data[start + 8 : start + 12] != _VXLAN or len(data) < start + 30:
        return None
    inner = data[start + 16 :]
    return inner[12] << 8 | inner[13], inner[14:]
