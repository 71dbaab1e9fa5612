"""What an error means: of our own kernel, or of somebody on the way, by ICMP.

Sources: ip(7) on IP_RECVERR; Linux ``include/uapi/linux/errqueue.h``, ``net/ipv4/icmp.c``
(`icmp_err_convert`), ``net/ipv6/icmp.c`` (`tab_unreach`); RFC 792, RFC 1812 5.2.7.1, RFC 4443.
"""

from __future__ import annotations

import errno
import socket
import struct
import sys

from ...value import Value

#: Let ICMP errors be queued with their senders.
RECVERR = {socket.AF_INET: (socket.SOL_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}

_EXTENDED = struct.Struct("=IBBBxII")
_LOCAL, _ICMP, _ICMP6 = 1, 2, 3
_OFFENDER: dict[int, tuple[int, int, int]] = {
    socket.AF_INET: (socket.AF_INET, 4, 8),
    socket.AF_INET6: (socket.AF_INET6, 8, 24),
}

#: Codes of ICMP's "destination unreachable", where they are not just that.
_CODES = {
    _ICMP: {3: "refused", 4: "too-big", 9: "prohibited", 10: "prohibited", 13: "prohibited"},
    _ICMP6: {1: "prohibited", 4: "refused", 5: "prohibited", 6: "prohibited"},
}
_UNREACHABLE = {_ICMP: 3, _ICMP6: 1}
_TIME_EXCEEDED = {_ICMP: 11, _ICMP6: 3}
_PACKET_TOO_BIG = 2

#: What our own kernel says. EADDRNOTAVAIL: there is no address to send from, as in a namespace
#: without IPv6. Failed neighbours and ``unreachable`` routes are EHOSTUNREACH.
_OWN = {
    errno.ECONNREFUSED: "refused",
    errno.EHOSTUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.ENETUNREACH: "no-route",
    errno.ENETDOWN: "no-route",
    errno.EADDRNOTAVAIL: "no-route",
    errno.EACCES: "prohibited",
    errno.EPERM: "prohibited",
    errno.EMSGSIZE: "too-big",
    errno.ETIMEDOUT: "timeout",
}


class Verdict(Value):
    """An error: one of the codes, its number, who said so ("": our own kernel) and, if something
    was too big, the largest packet that goes. `about` is the beginning of what we had sent."""

    code: str
    errno: int
    by: str = ""
    mtu: int = 0
    about: bytes = b""


def own(number: int) -> Verdict:
    """What an error of a call into our own kernel means."""
    return Verdict(_OWN.get(number, "error"), number)


def queued(sock: socket.socket) -> list[Verdict]:
    """The errors that wait at a socket, oldest first."""
    found: list[Verdict] = []
    while True:
        try:
            about, more, _, _ = sock.recvmsg(128, 256, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
        except OSError:
            return found
        for level, kind, data in more:
            if (level, kind) == RECVERR[sock.family]:
                found.append(_verdict(data, about))


def _verdict(data: bytes, about: bytes) -> Verdict:
    number, origin, kind, code, info, _ = _EXTENDED.unpack_from(data)
    mtu = info if number == errno.EMSGSIZE else 0
    if origin not in _CODES:
        return Verdict(_OWN.get(number, "error"), number, "", mtu, about)
    return Verdict(_meaning(origin, kind, code), number, _offender(data), mtu, about)


def _meaning(origin: int, kind: int, code: int) -> str:
    if kind == _UNREACHABLE[origin]:
        return _CODES[origin].get(code, "unreachable")
    if origin == _ICMP6 and kind == _PACKET_TOO_BIG:
        return "too-big"
    return "unreachable" if kind == _TIME_EXCEEDED[origin] else "error"


def _offender(data: bytes) -> str:
    """The address behind the error (`SO_EE_OFFENDER`)."""
    rest = data[_EXTENDED.size :]
    family = int.from_bytes(rest[:2], sys.byteorder)
    if family not in _OFFENDER:
        return ""
    version, start, end = _OFFENDER[family]
    return socket.inet_ntop(version, rest[start:end])
