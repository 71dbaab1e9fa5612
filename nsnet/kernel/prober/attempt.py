"""An attempt to get an answer: what all kinds of questions have in common."""

from __future__ import annotations

import errno
import select
import socket
import time

from . import verdict
from .doors import forbidden
from .question import Question, Reply
from .verdict import RECVERR, Verdict

#: ip(7), ipv6(7): IP_MTU_DISCOVER with IP_PMTUDISC_PROBE sets "don't fragment" and asks the
#: device alone how large a packet may be, not what is remembered of the path.
_MTU_DISCOVER = {socket.AF_INET: (socket.SOL_IP, 10), socket.AF_INET6: (socket.IPPROTO_IPV6, 23)}
_PROBE = 3
_IPV6_DONTFRAG = 62


class Attempt:
    """One question under way. `start` and `again` are called inside the sender's namespace,
    `ready` anywhere. When `reply` is there, it is over.

    `due` is when `again` wants to be called (None: never), on the clock of `time.monotonic`;
    `events` are what is waited for at its sockets.
    """

    events = select.EPOLLIN | select.EPOLLET

    def __init__(self, question: Question) -> None:
        self.question = question
        self.reply: Reply | None = None
        self.sockets: list[socket.socket] = []
        self.opened: list[socket.socket] = []
        self.begun = time.monotonic()
        self.deadline = self.begun + question.timeout
        self.due: float | None = None
        self.family = socket.AF_INET6 if ":" in question.address else socket.AF_INET

    def start(self) -> None:
        """Open the socket and send. May raise OSError."""
        raise NotImplementedError

    def again(self) -> None:
        """Send once more."""

    def ready(self, sock: socket.socket, failed: bool) -> None:
        """Something has come; `failed` if it is an error."""
        raise NotImplementedError

    def give_up(self) -> None:
        """The time is over."""
        self.finish("timeout")

    def close(self) -> None:
        """Leave nothing open."""
        for sock in self.sockets:
            sock.close()
        self.sockets.clear()

    def open(self, kind: int, protocol: int = 0) -> socket.socket:
        """A socket that does not wait and queues errors, bound to the sender's address."""
        try:
            sock = socket.socket(self.family, kind | socket.SOCK_NONBLOCK, protocol)
        except PermissionError:
            raise forbidden(self.question.space) from None
        self.sockets.append(sock)
        self.opened.append(sock)
        sock.setsockopt(*RECVERR[self.family], 1)
        if self.question.source:
            self._bind(sock)
        return sock

    def _bind(self, sock: socket.socket) -> None:
        try:
            sock.bind(self.at(self.question.source, 0))
        except OSError as error:
            self.fail(Verdict("error", error.errno or 0))
            raise

    def whole(self, sock: socket.socket) -> None:
        """Do not fragment what leaves here."""
        sock.setsockopt(*_MTU_DISCOVER[self.family], _PROBE)
        if self.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_DONTFRAG, 1)

    def at(self, address: str, port: int) -> tuple[str, int] | tuple[str, int, int, int]:
        """An address as sockets have it; an interface's name is looked up where we are. Raises
        OSError for a text that is none: sockets would ask DNS for it, and wait."""
        plain, _, device = address.partition("%")
        try:
            socket.inet_pton(self.family, plain)
        except OSError:
            raise OSError(errno.EDESTADDRREQ, f"{address!r} is no address") from None
        if self.family == socket.AF_INET:
            return plain, port
        return plain, port, 0, _index(device)

    def finish(
        self,
        code: str,
        found: Verdict | None = None,
        *,
        since: float | None = None,
        sock: socket.socket | None = None,
        connected: bool = False,
        data: bytes = b"",
    ) -> None:
        """It is over: `since` is when the packet left that was answered."""
        sock = sock or (self.sockets[-1] if self.sockets else None)
        spent = time.monotonic() - (self.begun if since is None else since)
        self.reply = Reply(
            code=code,
            errno=found.errno if found else 0,
            by=found.by if found else "",
            mtu=found.mtu if found else 0,
            connected=connected,
            seconds=spent,
            local=self.local(sock),
            peer=(self.question.address, self.question.port),
            data=data,
        )

    def fail(self, found: Verdict, sock: socket.socket | None = None) -> None:
        """It is over by an error."""
        self.finish(found.code, found, sock=sock)

    def fail_by(self, sock: socket.socket, number: int) -> None:
        """It is over by an error of a call; if the errors that wait at the socket tell more
        of it, by these."""
        same = [each for each in verdict.queued(sock) if each.errno == number]
        self.fail(same[-1] if same else verdict.own(number), sock)

    def local(self, sock: socket.socket | None) -> tuple[str, int]:
        """Our own address and port."""
        if sock is None:
            return "", 0
        try:
            address, port = sock.getsockname()[:2]
        except OSError:
            return "", 0
        return address.partition("%")[0], port


def _index(device: str) -> int:
    if not device or device.isdigit():
        return int(device or 0)
    return socket.if_nametoindex(device)
