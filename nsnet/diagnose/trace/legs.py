"""Which of the packets that were seen is ours: the request, the reply to it, or an ICMP error."""

from __future__ import annotations

from collections.abc import Iterable

from ...kernel.trace import Flow, Header
from ..walk import Packet

REQUEST, REPLY, ERROR = "request", "reply", "error"
_TCP, _ICMPS = 6, (1, 58)
_REQUESTS, _REPLIES = (8, 128), (0, 129)
_WORDS = {
    1: {
        (3, 0): "net-unreachable",
        (3, 1): "host-unreachable",
        (3, 2): "protocol-unreachable",
        (3, 3): "port-unreachable",
        (3, 4): "fragmentation-needed",
        (3, 9): "net-prohibited",
        (3, 10): "host-prohibited",
        (3, 13): "admin-prohibited",
        (5, 0): "redirect",
        (5, 1): "redirect",
        (8, 0): "echo-request",
        (0, 0): "echo-reply",
        (11, 0): "time-exceeded",
    },
    58: {
        (1, 0): "no-route",
        (1, 1): "admin-prohibited",
        (1, 3): "address-unreachable",
        (1, 4): "port-unreachable",
        (2, 0): "packet-too-big",
        (3, 0): "time-exceeded",
        (128, 0): "echo-request",
        (129, 0): "echo-reply",
        (133, 0): "router-solicitation",
        (143, 0): "multicast-report",
    },
}
_NAMES = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp"}


class Legs:
    """Tells the packets of one flow apart. What TCP calls its initial sequence number stays with
    the packet, whatever address translation does to its header; a ping's and a datagram's ports
    say which way it goes."""

    def __init__(self, flow: Flow, seen: Iterable[Header]) -> None:
        self.flow = flow
        calls = (h.seq for h in seen if self._calls(h))
        self._first = next(calls, None)

    def _calls(self, header: Header) -> bool:
        flags = header.flags
        ours = header.protocol == _TCP == self.flow.protocol and header.sport == self.flow.port
        return ours and "S" in flags and "A" not in flags

    def of(self, header: Header) -> str:
        """The leg that a packet belongs to; "" if it is none of those that are followed."""
        if header.protocol == self.flow.errors and not _echo(header):
            about = header.about
            return ERROR if about is None or self._ours(about) else ""
        if header.protocol != self.flow.protocol:
            return ""
        if self.flow.protocol == _TCP:
            return self._of_call(header)
        if self.flow.echo:
            if header.ident != self.flow.port:
                return ""
            return REQUEST if header.kind in _REQUESTS else REPLY
        if header.sport == self.flow.port:
            return REQUEST
        return REPLY if header.dport == self.flow.port else ""

    def _of_call(self, header: Header) -> str:
        if self._first is None:
            return ""
        if header.seq == self._first and "S" in header.flags and "A" not in header.flags:
            return REQUEST
        answers = header.ack == (self._first + 1) & 0xFFFFFFFF
        return REPLY if answers and {"S", "R"} & set(header.flags) else ""

    def _ours(self, about: Header) -> bool:
        if about.protocol != self.flow.protocol:
            return False
        if self.flow.echo:
            return about.ident in (self.flow.port, 0)
        return self.flow.port in (about.sport, about.dport)


def _echo(header: Header) -> bool:
    return header.kind in (*_REQUESTS, *_REPLIES)


def packet(header: Header, macs: tuple[str, str] = ("", "")) -> Packet:
    """A header as walks have it."""
    flags = header.flags
    if header.protocol in _ICMPS:
        code = header.code if header.kind not in (11, 12, 3) or header.protocol == 1 else 0
        words = _WORDS[header.protocol]
        flags = words.get((header.kind, code)) or f"type-{header.kind}"
    return Packet(
        protocol=_NAMES.get(header.protocol, str(header.protocol)),
        src=header.src,
        dst=header.dst,
        sport=header.sport,
        dport=header.dport,
        flags=flags,
        ident=header.ident,
        ttl=header.ttl,
        size=header.size,
        macs=macs,
    )
