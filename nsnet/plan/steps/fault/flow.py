"""Faults of connection tracking: a flow that goes on to where it was sent yesterday."""

from __future__ import annotations

import socket
import struct

from ....kernel.netlink import CREATE, EXCLUSIVE, NESTED, REQUEST, Channel, attr
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep

_NETFILTER = 12
_NEW, _DELETE = 1 << 8, 1 << 8 | 2
_ORIGINAL, _REPLY, _STATUS, _TIMEOUT, _NAT_DST = 1, 2, 3, 7, 13
_HEADER = bytes((socket.AF_INET, 0, 0, 0))
_SECONDS = 600


class StaleFlow(FaultStep):
    """An entry for a UDP flow from `source`:`sport` to `to`:`port`, led to `target`, which nobody
    has any more."""

    source: str
    sport: int
    to: str
    port: int
    target: str
    target_port: int

    reason = "the kernel asks nat rules about the first packet of a flow only, and remembers"

    @property
    def what(self) -> str:
        return f"remember a flow from {self.source}:{self.sport} that goes to {self.target}"

    @property
    def _words(self) -> str:
        return f"-p udp -s {self.source} -d {self.to} --sport {self.sport} --dport {self.port}"

    def commands(self) -> tuple[Command, ...]:
        nat = f"--dst-nat {self.target}:{self.target_port}"
        words = f"conntrack -I {self._words} -t {_SECONDS} -u CONFIRMED,DST_NAT {nat}"
        return (self.within(*words.split()),)

    def undo_commands(self) -> tuple[Command, ...]:
        return (self.within(*f"conntrack -D {self._words}".split()),)

    def apply(self, stack: Stack) -> None:
        there = _tuple(_REPLY, self.target, self.source, self.target_port, self.sport)
        to = attr(1, socket.inet_aton(self.target)) + attr(2, socket.inet_aton(self.target))
        number = struct.pack("!H", self.target_port)
        to += attr(3 | NESTED, attr(1, number) + attr(2, number))
        body = _HEADER + self._original + there
        body += attr(_TIMEOUT, struct.pack("!I", _SECONDS)) + attr(_NAT_DST | NESTED, to)
        body += attr(_STATUS, struct.pack("!I", 1 << 3 | 1 << 1))
        self._send(stack, _NEW, REQUEST | CREATE | EXCLUSIVE, body)

    def undo(self, stack: Stack) -> None:
        self._send(stack, _DELETE, REQUEST, _HEADER + self._original)

    @property
    def _original(self) -> bytes:
        return _tuple(_ORIGINAL, self.source, self.to, self.sport, self.port)

    def _send(self, stack: Stack, kind: int, flags: int, body: bytes) -> None:
        stack.enter(self.space)
        channel = Channel(_NETFILTER)
        try:
            channel.add(kind, flags, body)
            channel.settle()
        finally:
            channel.close()


def _tuple(kind: int, source: str, to: str, sport: int, port: int) -> bytes:
    ends = attr(1, socket.inet_aton(source)) + attr(2, socket.inet_aton(to))
    proto = attr(1, bytes((socket.IPPROTO_UDP,)))
    proto += attr(2, struct.pack("!H", sport)) + attr(3, struct.pack("!H", port))
    return attr(kind | NESTED, attr(1 | NESTED, ends) + attr(2 | NESTED, proto))
