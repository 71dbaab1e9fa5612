"""Ping: ICMP echo (RFC 792, RFC 4443 section 4)."""

from __future__ import annotations

import itertools
import random
import socket
import struct
import time

from . import verdict
from .attempt import Attempt
from .question import Question

#: Seconds until it is sent again: one packet may get lost, as while a bridge learns.
AGAIN = 0.25

_HEADER = struct.Struct("!BBHHH")
_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}
_PROTOCOL = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_PAYLOAD = b"nsnet-probe-----"

#: raw(7): which types do not come through, a bit each; for ICMPv6 256 bits (RFC 3542 3.2).
_FILTER = {
    socket.AF_INET: (255, 1, struct.pack("=I", ~(1 << 0) & 0xFFFFFFFF)),
    socket.AF_INET6: (socket.IPPROTO_ICMPV6, 1, b""),
}

_idents = itertools.count(random.randrange(1 << 16))


def _types_of_ipv6() -> bytes:
    bits = [0xFFFFFFFF] * 8
    kind = _REPLY[socket.AF_INET6]
    bits[kind >> 5] &= ~(1 << (kind & 31)) & 0xFFFFFFFF
    return struct.pack("=8I", *bits)


class Echo(Attempt):
    """A ping, sent every `AGAIN` seconds until somebody answers. The socket is connected: what
    comes from elsewhere, and the replies to other senders of its namespace, are not its own."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.ident = next(_idents) % 0xFFFF + 1
        self._sent: list[float] = []

    def start(self) -> None:
        sock = self.open(socket.SOCK_RAW, _PROTOCOL[self.family])
        level, name, value = _FILTER[self.family]
        sock.setsockopt(level, name, value or _types_of_ipv6())
        if self.question.size:
            self.whole(sock)
        sock.connect(self.at(self.question.address, 0))
        self.again()

    def again(self) -> None:
        now = time.monotonic()
        self._sent.append(now)
        self.due = now + AGAIN
        try:
            self.sockets[0].send(self._message(len(self._sent)))
        except BlockingIOError:
            return
        except OSError as error:
            self.fail_by(self.sockets[0], error.errno or 0)

    def ready(self, sock: socket.socket, failed: bool) -> None:
        if failed:
            self._hear(sock)
        while self.reply is None:
            try:
                data = sock.recv(65535)
            except BlockingIOError:
                return
            except OSError:
                continue
            if self.family == socket.AF_INET:  # The IP header comes, too (raw(7)).
                data = data[(data[0] & 15) * 4 :]
            number = self._number(data)
            if number:
                self.finish("answered", since=self._sent[number - 1])

    def _hear(self, sock: socket.socket) -> None:
        """An error, if it is about one of our own packets."""
        for each in verdict.queued(sock):
            about = each.about
            if len(about) < 8 or about[4:6] == self.ident.to_bytes(2, "big"):
                self.fail(each)
                return

    def _number(self, message: bytes) -> int:
        """Which of our packets it answers; 0 for none."""
        if len(message) < 8 or message[0] != _REPLY[self.family]:
            return 0
        ident, number = int.from_bytes(message[4:6], "big"), int.from_bytes(message[6:8], "big")
        ours = ident == self.ident and 0 < number <= len(self._sent)
        return number if ours else 0

    def _message(self, number: int) -> bytes:
        size = self.question.size or len(_PAYLOAD)
        payload = (_PAYLOAD * (size // len(_PAYLOAD) + 1))[:size]
        kind = _REQUEST[self.family]
        total = 0
        if self.family == socket.AF_INET:
            total = checksum(_HEADER.pack(kind, 0, 0, self.ident, number) + payload)
        return _HEADER.pack(kind, 0, total, self.ident, number) + payload

    def local(self, sock: socket.socket | None) -> tuple[str, int]:
        return super().local(sock)[0], self.ident


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071). ICMPv6's is made by the kernel."""
    data += b"\0" * (len(data) & 1)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
