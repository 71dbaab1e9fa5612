"""A call: a TCP connection, and what an HTTP server says over one."""

from __future__ import annotations

import errno
import select
import socket
import struct
import time

from .attempt import Attempt
from .verdict import Verdict

#: Seconds until a second call is made beside the first. A lost SYN is repeated by the kernel
#: after a whole second only (RFC 6298 section 2).
AGAIN = 0.3
#: So much of an HTTP answer is enough.
ENOUGH = 4096

_NO_LINGER = struct.pack("=ii", 1, 0)


class Call(Attempt):
    """A connection, ended by a reset as soon as it stands: so nothing of it stays in the
    namespace, neither a socket in TIME-WAIT nor one that keeps the namespace alive."""

    events = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET

    def start(self) -> None:
        self._begun: dict[int, float] = {}
        self._dial()
        if self.reply is None:
            self.due = time.monotonic() + AGAIN

    def again(self) -> None:
        self.due = None
        self._dial()

    def _dial(self) -> None:
        sock = self.open(socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._begun[sock.fileno()] = time.monotonic()
        number = sock.connect_ex(self.at(self.question.address, self.question.port))
        if number not in (0, errno.EINPROGRESS):
            self.fail_by(sock, number)

    def ready(self, sock: socket.socket, failed: bool) -> None:
        number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self.fail_by(sock, number)
        elif _stands(sock):
            self.connected(sock)

    def connected(self, sock: socket.socket) -> None:
        """The other end has taken the call."""
        since = self._begun[sock.fileno()]
        self.finish("answered", since=since, sock=sock, connected=True)


class Page(Call):
    """An HTTP request (RFC 9112) and the beginning of its answer."""

    def start(self) -> None:
        self._asked: socket.socket | None = None
        self._data = b""
        super().start()

    def again(self) -> None:
        if self._asked is None:
            super().again()
        self.due = None

    def connected(self, sock: socket.socket) -> None:
        if self._asked is None:
            self._asked = sock
            asked = self.question
            sock.send(request(asked.host or asked.address, asked.port, asked.path))
        if sock is self._asked:
            self._read(sock)

    def _read(self, sock: socket.socket) -> None:
        while len(self._data) < ENOUGH:
            try:
                data = sock.recv(ENOUGH)
            except BlockingIOError:
                return
            except OSError as error:
                self._over(sock, error.errno or 0)
                return
            if not data:
                break
            self._data += data
        self._over(sock, errno.ECONNRESET)

    def _over(self, sock: socket.socket, number: int) -> None:
        """What has come is the answer; if that is nothing, it is the error `number`."""
        since = self._begun[sock.fileno()]
        if self._data:
            self.finish("answered", since=since, sock=sock, connected=True, data=self._data)
        else:
            found = Verdict("error", number)
            self.finish("error", found, since=since, sock=sock, connected=True)

    def give_up(self) -> None:
        if self._data and self._asked:
            self._over(self._asked, 0)
        else:
            connected = self._asked is not None
            self.finish("timeout", sock=self._asked, connected=connected)


def request(host: str, port: int, path: str) -> bytes:
    """What a browser would say to get a page (RFC 9112 section 3.2: without the port if it is 80,
    an IPv6 address in brackets)."""
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    at = f":{port}" if port != 80 else ""
    lines = (
        f"GET {path or '/'} HTTP/1.1",
        f"Host: {name}{at}",
        "User-Agent: nsnet",
        "Accept: */*",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _stands(sock: socket.socket) -> bool:
    try:
        sock.getpeername()
    except OSError:
        return False
    return True
