"""Questions that are not ours: they go to the upstreams, from the asker's own namespace.

So the host's masquerading and isolation apply to them as to all that a container sends, and
from an internal network nothing arrives. Each question has a socket of its own for as long as it
is open: the kernel chooses a random port for it, and lets in only what comes from the upstream.
"""

from __future__ import annotations

import _socket
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import wire
from .spaces import socket_beside

if TYPE_CHECKING:
    from .loop import Loop, Patience

#: Docker's limits: upstreams, seconds for each, open questions of one container.
MOST_UPSTREAMS, PATIENCE, MOST_OPEN = 3, 4.0, 1000

_PORT = 53
_RESOLV_CONF = "/etc/resolv.conf"

#: An upstream: its address, and whether to ask it from the host.
Upstream = tuple[str, bool]


class Query:
    """One open question. `beside` is a socket in the asker's namespace; `deliver` gets the
    response, if there is any; `done` is called in the end in any case."""

    __slots__ = (
        "_beside", "_data", "_deliver", "_done", "_inbox", "_last", "_number", "_sock",
        "_tcp", "_upstreams", "_waits",
    )  # fmt: skip

    def __init__(
        self,
        data: bytes,
        beside: _socket.socket,
        tcp: bool,
        deliver: Callable[[bytes], None],
        done: Callable[[Query], None],
    ) -> None:
        self._data, self._beside, self._tcp = data, beside, tcp
        self._deliver, self._done = deliver, done
        self._upstreams: list[Upstream] = []
        self._sock: _socket.socket | None = None
        self._number = self._last = self._inbox = b""
        self._waits = tcp

    def begin(self, upstreams: list[Upstream], forwarder: Forwarder) -> None:
        """Ask them, one after the other, until one knows."""
        self._upstreams = upstreams[:MOST_UPSTREAMS]
        self._next(forwarder)

    def _next(self, forwarder: Forwarder) -> None:
        """As in Docker, the last response is passed on even if it is an error; and if the last
        upstream is silent, nothing is."""
        self.close(forwarder)
        while self._upstreams:
            address, on_host = self._upstreams.pop(0)
            try:
                self._ask(address, on_host, forwarder)
                return
            except OSError:
                continue  # There is no way to it.
        self._done(self)
        if self._last:
            self._deliver(self._data[:2] + self._last[2:])

    def _ask(self, address: str, on_host: bool, forwarder: Forwarder) -> None:
        family = _socket.AF_INET6 if ":" in address else _socket.AF_INET
        kind = _socket.SOCK_STREAM if self._tcp else _socket.SOCK_DGRAM
        if on_host:
            sock = _socket.socket(family, kind)
            sock.setblocking(False)
        else:
            sock = socket_beside(self._beside, family, kind)
        self._number, self._inbox, self._waits = os.urandom(2), b"", self._tcp
        try:
            sock.connect((address, _PORT))
            if not self._tcp:
                sock.send(self._number + self._data[2:])
        except BlockingIOError:
            pass  # TCP connects in its own time; a datagram that found no room is lost.
        except BaseException:
            sock.close()
            raise
        self._sock = sock
        forwarder.loop.watch(sock.fileno(), lambda: self._act(forwarder), self._tcp)
        forwarder.open.put(self)

    def _act(self, forwarder: Forwarder) -> None:
        sock = self._sock
        if sock is None:
            return
        try:
            if self._waits:
                self._send(sock, forwarder)
                return
            responses = self._read_tcp(sock) if self._tcp else self._read_udp(sock)
        except BlockingIOError:
            return
        except OSError:  # Refused, or unreachable.
            self.fail(forwarder)
            return
        for response in responses:
            if wire.answers(response, self._data, self._number):
                self._heard(response, forwarder)
                return

    def _send(self, sock: _socket.socket, forwarder: Forwarder) -> None:
        """TCP: the connection stands, or has failed."""
        error = sock.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        text = self._number + self._data[2:]
        text = len(text).to_bytes(2, "big") + text
        if sock.send(text) < len(text):
            raise OSError("cut short")
        self._waits = False
        forwarder.loop.read_only(sock.fileno())

    def _read_tcp(self, sock: _socket.socket) -> list[bytes]:
        data = sock.recv(65536)
        if not data:
            raise OSError("the upstream has hung up")
        self._inbox += data
        size = int.from_bytes(self._inbox[:2], "big")
        if len(self._inbox) < 2 + size or len(self._inbox) < 2:
            return []
        response, self._inbox = self._inbox[2 : 2 + size], self._inbox[2 + size :]
        return [response]

    @staticmethod
    def _read_udp(sock: _socket.socket) -> list[bytes]:
        return [sock.recv(65535)]

    def _heard(self, response: bytes, forwarder: Forwarder) -> None:
        self._last = response
        if wire.is_final(response):
            self._upstreams = []
        self._next(forwarder)

    def fail(self, forwarder: Forwarder) -> None:
        """This upstream gives no answer: the next one."""
        self._last = b""
        self._next(forwarder)

    def close(self, forwarder: Forwarder) -> None:
        """Let go of the socket."""
        if self._sock is not None:
            forwarder.open.take(self)
            forwarder.loop.forget(self._sock.fileno())
            self._sock.close()
            self._sock = None


class Forwarder:
    """All open questions, and the host's own upstreams."""

    def __init__(self, loop: Loop, most: int) -> None:
        self.loop = loop
        self.open: Patience[Query] = loop.patience(PATIENCE, lambda query: query.fail(self))
        self._most = most
        self._read: tuple[int, int, int] = (0, 0, 0)
        self._of_host: list[Upstream] = []

    @property
    def full(self) -> bool:
        """Are there no file descriptors for another one?"""
        return len(self.open.items) >= self._most

    def upstreams(self, named: list[str]) -> list[Upstream]:
        """Those that were named for a container (Docker's ``--dns``), else the host's own. Only
        of these, a loopback address is the host's; else it is the container's own."""
        if named:
            return [(each, False) for each in named if _is_address(each)]
        try:
            status = os.stat(_RESOLV_CONF)
            version = (status.st_ino, status.st_mtime_ns, status.st_size)
            if version != self._read:
                with open(_RESOLV_CONF, "rb") as file:
                    self._of_host = nameservers(file.read())
                self._read = version
        except OSError:
            return []
        return list(self._of_host)


def nameservers(resolv_conf: bytes) -> list[Upstream]:
    """The upstreams that a resolv.conf(5) names; the host's loopback is asked from the host."""
    found = []
    for line in resolv_conf.decode("utf-8", "replace").splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver" and _is_address(words[1]):
            found.append((words[1], words[1].startswith("127.") or words[1] == "::1"))
    return found


def _is_address(text: str) -> bool:
    family = _socket.AF_INET6 if ":" in text else _socket.AF_INET
    try:
        _socket.inet_pton(family, text)
    except (OSError, ValueError):
        return False
    return True
