"""The packet that is followed: its socket is opened and has its port before anything is sent, so
that the taps know what to look for."""

from __future__ import annotations

import errno
import os
import random
import socket
import struct
import time

from ...value import Value
from ..prober.echo import checksum
from ..prober.verdict import RECVERR, own, queued
from .flow import NUMBERS, UDP, Flow
from .header import ECHO_REPLIES, ECHO_REQUESTS

_NO_LINGER = struct.pack("=ii", 1, 0)
_PAYLOAD = b"nsnet-trace-----"
#: So much of an answer is enough.
_ENOUGH = 4096


class Order(Value):
    """What is to be sent: `protocol` is ``tcp``, ``udp`` or ``icmp``. `source` binds the sender's
    address. `data` is what UDP sends, and what TCP says when the connection stands ("": nothing,
    the connection is all). `timeout` in seconds."""

    space: str
    protocol: str
    address: str
    port: int = 0
    source: str = ""
    data: bytes = b""
    timeout: float = 1.0


class Outcome(Value):
    """What came of it: `code` is one of those of the prober (``answered``, ``refused``,
    ``timeout``, …), `sent` whether our kernel took it. `at` is the wall clock when it was sent, in
    nanoseconds; `seconds` the time to the answer; `by` who sent an ICMP error."""

    code: str
    errno: int = 0
    by: str = ""
    seconds: float = 0.0
    sent: bool = True
    at: int = 0
    local: tuple[str, int] = ("", 0)
    data: bytes = b""


class Sending:
    """A socket in the namespace that this thread is in, ready to send one order.

    Raises OSError; EACCES and EPERM mean that the user may not.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.family = socket.AF_INET6 if ":" in order.address else socket.AF_INET
        self.outcome: Outcome | None = None
        self.socket = self._open()
        self._begun = 0.0
        self._at = 0
        self._connected = False

    def flow(self, tunnels: tuple[int, ...]) -> Flow:
        """What tells its packets from others."""
        version = 4 if self.family == socket.AF_INET else 6
        return Flow(version, self._number, self.port, tunnels, self.order.address)

    @property
    def _number(self) -> int:
        echo = self.order.protocol == "icmp" and self.family == socket.AF_INET6
        return NUMBERS["icmpv6" if echo else self.order.protocol]

    def _open(self) -> socket.socket:
        kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM, "icmp": socket.SOCK_RAW}
        kind = kinds[self.order.protocol] | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        sock = socket.socket(self.family, kind, self._number)
        try:
            sock.setsockopt(*RECVERR[self.family], 1)
            if self.order.protocol == "tcp":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._choose_port(sock)
        except BaseException:
            sock.close()
            raise
        return sock

    def _choose_port(self, sock: socket.socket) -> None:
        self.port = random.randrange(1, 1 << 16)
        if self.order.protocol == "icmp":
            if self.order.source:
                sock.bind((self.order.source, 0))
            return
        for _ in range(3):
            sock.bind((self.order.source, 0))
            self.port = sock.getsockname()[1]
            if self.port != self.order.port:
                return
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))

    def send(self) -> None:
        """Send it. `outcome` is there at once if our own kernel refuses."""
        self._begun, self._at = time.monotonic(), time.time_ns()
        try:
            number = self.socket.connect_ex((self.order.address, self.order.port))
            if number not in (0, errno.EINPROGRESS):
                raise OSError(number, os.strerror(number))
            if self.order.protocol == "udp":
                self.socket.send(self.order.data or _PAYLOAD)
            elif self.order.protocol == "icmp":
                self.socket.send(self._echo())
        except OSError as error:
            self._finish(own(error.errno or 0).code, error.errno or 0, sent=False)

    def _echo(self) -> bytes:
        kind = ECHO_REQUESTS[self._number]
        parts = struct.pack("!BBHHH", kind, 0, 0, self.port, 1) + _PAYLOAD
        total = checksum(parts) if self.family == socket.AF_INET else 0
        return parts[:2] + struct.pack("!H", total) + parts[4:]

    @property
    def events(self) -> int:
        """What to wait for, as poll(2) has it."""
        calling = self.order.protocol == "tcp" and not self._connected
        return 0x4 if calling else 0x1  # POLLOUT, POLLIN

    def ready(self) -> None:
        """Something has come; perhaps the answer."""
        for error in queued(self.socket):
            if error.code != "error":
                self._finish(error.code, error.errno, by=error.by)
                return
        if self.order.protocol == "tcp" and not self._connected:
            self._called()
            return
        try:
            data = self.socket.recv(_ENOUGH)
        except BlockingIOError:
            return
        except OSError as error:
            self._finish(own(error.errno or 0).code, error.errno or 0)
            return
        if self.order.protocol != "icmp" or self._is_reply(data):
            self._finish("answered", data=data)

    def _called(self) -> None:
        number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self._finish(own(number).code, number)
            return
        self._connected = True
        if self.order.data:
            self.socket.send(self.order.data)
        else:
            self._finish("answered")

    def _is_reply(self, data: bytes) -> bool:
        if self.family == socket.AF_INET:  # The IP header comes, too (raw(7)).
            data = data[(data[0] & 15) * 4 :]
        kind, ident = data[0], data[4] << 8 | data[5]
        return kind == ECHO_REPLIES[self._number] and ident == self.port

    def give_up(self) -> None:
        """The time is over."""
        if self.outcome is None:
            # What our own kernel knows by now: a neighbour that does not answer, for one.
            self._finish("timeout")

    def _finish(
        self, code: str, number: int = 0, *, by: str = "", sent: bool = True, data: bytes = b""
    ) -> None:
        try:
            address = self.socket.getsockname()[0]
        except OSError:
            address = ""
        self.outcome = Outcome(
            code=code,
            errno=number,
            by=by,
            seconds=time.monotonic() - self._begun,
            sent=sent,
            at=self._at,
            local=(address, self.port),
            data=data,
        )

    def close(self) -> None:
        """Give the socket back. A connection ends by a reset: nothing of it stays anywhere."""
        self.socket.close()


__all__ = ["UDP", "Order", "Outcome", "Sending"]
