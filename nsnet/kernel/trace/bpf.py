"""The kernel's filter of a tap: a short program for the old packet machine (classic BPF).

What is not of our flow never leaves the kernel: a busy host does not notice that it is looked at.
Sources: Linux ``Documentation/networking/filter.rst``, ``include/uapi/linux/filter.h``.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Sequence
from functools import lru_cache

from .flow import UDP, Flow

_LDH, _LDB, _LDH_X, _LDB_X = 0x28, 0x30, 0x48, 0x50
_AND, _LSH, _TAX, _LDX = 0x54, 0x64, 0x07, 0x01
_EQUAL, _RETURN = 0x15, 0x06
#: Loads from there on count from the IP header, whatever kind of frame it is in; and the kind of
#: the payload as the kernel has found it out (SKF_NET_OFF, SKF_AD_OFF + SKF_AD_PROTOCOL).
_NET, _KIND = 0x100000000 - 0x100000, 0x100000000 - 0x1000
_IPV4, _IPV6, _ARP = 0x0800, 0x86DD, 0x0806
_SOLICIT, _ADVERTISE = 135, 136

_INSTRUCTION = struct.Struct("=HBBI")
_SO_ATTACH_FILTER = 26

#: (code, operand, label to go to if equal); a text alone is a label.
Line = tuple[int, int, str] | str


def attach(sock: socket.socket, flow: Flow) -> None:
    """Let only the packets of `flow`, what is said about neighbours, and VXLANs that carry it
    come to a packet socket."""
    lines = program(flow)
    code = ctypes.create_string_buffer(lines, len(lines))
    # struct sock_fprog: a count, padding as the machine wants it, a pointer.
    head = struct.pack("@HP", len(lines) // _INSTRUCTION.size, ctypes.addressof(code))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)


@lru_cache
def program(flow: Flow) -> bytes:
    """The filter of a flow: the same in every namespace."""
    return assemble(_lines(flow))


def assemble(lines: Sequence[Line]) -> bytes:
    """Instructions with their labels turned into distances."""
    at: dict[str, int] = {}
    plain: list[tuple[int, int, str]] = []
    for line in lines:
        if isinstance(line, str):
            at[line] = len(plain)
        else:
            plain.append(line)
    return b"".join(
        _INSTRUCTION.pack(code, at[label] - index - 1 if label else 0, 0, operand)
        for index, (code, operand, label) in enumerate(plain)
    )


def _lines(flow: Flow) -> list[Line]:
    """No label: go on with the next line. The last line but one takes nothing."""
    lines: list[Line] = [(_LDH, _KIND, ""), (_EQUAL, _ARP, "take")]
    lines += [(_EQUAL, _IPV4, "four"), (_EQUAL, _IPV6, "six"), *_leave()]
    lines += ["four", *_header_of_four(), *_wanted(flow, 4)]
    lines += ["six", *_header_of_six(), *_wanted(flow, 6)]
    if flow.tunnels:
        lines += ["tunnel", *_carried(flow)]
    return [*lines, "take", (_RETURN, 0x40000, "")]


def _leave() -> list[Line]:
    return [(_RETURN, 0, "")]


def _header_of_four() -> list[Line]:
    """The length of the IP header to X, then the protocol to A."""
    shift: list[Line] = [(_LDB, _NET, ""), (_AND, 0xF, ""), (_LSH, 2, ""), (_TAX, 0, "")]
    return [*shift, (_LDB, _NET + 9, "")]


def _header_of_six() -> list[Line]:
    return [(_LDX, 40, ""), (_LDB, _NET + 6, "")]


def _wanted(flow: Flow, version: int) -> list[Line]:
    """With the length of the IP header in X and the protocol in A."""
    lines: list[Line] = []
    if flow.version == version:
        lines += [(_EQUAL, flow.protocol, f"own{version}")] if not flow.echo else []
        lines.append((_EQUAL, flow.errors, f"icmp{version}"))
    elif version == 6:
        return _leave()
    if flow.tunnels:
        lines.append((_EQUAL, UDP, f"udp{version}"))
    lines += _leave()
    if flow.version == version:
        if not flow.echo:
            lines += [f"own{version}", *_ports(flow.own_at, flow.port)]
            lines += _also_tunnel(flow, version) if flow.protocol == UDP else _leave()
        lines += [f"icmp{version}", *_about(flow, version), *_leave()]
    if flow.tunnels:
        lines += [f"udp{version}", *_also_tunnel(flow, version)]
    return lines


def _ports(places: Sequence[int], port: int) -> list[Line]:
    return [x for at in places for x in ((_LDH_X, _NET + at, ""), (_EQUAL, port, "take"))]


def _about(flow: Flow, version: int) -> list[Line]:
    """ICMP: our ping, or an error about a packet of ours; of IPv6 also who has an address."""
    places = (*flow.own_at, *flow.quoted_at) if flow.echo else flow.quoted_at
    neighbours: list[Line] = [(_LDB_X, _NET, ""), (_EQUAL, _SOLICIT, "take")]
    neighbours.append((_EQUAL, _ADVERTISE, "take"))
    return [*(neighbours if version == 6 else []), *_ports(places, flow.port)]


def _also_tunnel(flow: Flow, version: int) -> list[Line]:
    """A datagram to the port of a VXLAN may carry our packet."""
    to = [(_EQUAL, port, "tunnel") for port in flow.tunnels]
    return [(_LDH_X, _NET + 2, ""), *to, *_leave()] if flow.tunnels else _leave()


def _carried(flow: Flow) -> list[Line]:
    """Behind UDP (8 bytes), VXLAN (8) and Ethernet (14) is the packet inside; X is the length of
    the outer IP header. What is inside is looked at as if it had no IP options."""
    inside = 8 + 8 + 14
    length = 20 if flow.version == 4 else 40
    lines: list[Line] = [(_LDH_X, _NET + inside - 2, ""), (_EQUAL, _ARP, "take")]
    lines += _ports([inside + length + at for at in flow.own_at], flow.port)
    return [*lines, *_leave()]
