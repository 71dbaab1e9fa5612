"""Two TCP connections that are passed on to each other.

At most one piece of data waits in each direction: while it does, nothing more is read, and TCP
makes the sender wait. The end of one direction is passed on when all before it has been, and the
other direction stays open (half-close, RFC 9293 section 3.6); a reset goes on as a reset.
"""

from __future__ import annotations

import _socket
import errno
import struct
from collections.abc import Callable
from contextlib import suppress

from .loop import Loop
from .ports import family, smooth

#: Bytes that are taken in one go.
_PIECE = 65536

#: socket(7), SO_LINGER: close with a reset.
_RESET = struct.pack("ii", 1, 0)


class End:
    """One of the two connections: what waits to be sent to it, and what is over."""

    __slots__ = ("heard_all", "said_all", "sock", "waiting", "wants")

    def __init__(self, sock: _socket.socket) -> None:
        self.sock = sock
        self.waiting: bytes | memoryview = b""
        self.heard_all = self.said_all = False
        #: What the loop calls us for: reading, writing; None: not at all.
        self.wants: tuple[bool, bool] | None = None


class Stream:
    """A caller's connection and ours to `target`; `ended` is called once, when both are gone."""

    __slots__ = ("_caller", "_connected", "_ended", "_loop", "_target", "open")

    def __init__(
        self,
        loop: Loop,
        caller: _socket.socket,
        target: tuple[str, int],
        ended: Callable[[Stream], None],
    ) -> None:
        self._loop, self._ended = loop, ended
        self._connected, self.open = False, True
        caller.setblocking(False)
        try:
            sock = _socket.socket(family(target[0]), _socket.SOCK_STREAM)
        except OSError:
            self.open = False
            caller.close()
            return
        self._caller, self._target = End(caller), End(sock)
        sock.setblocking(False)
        smooth(sock)
        if sock.connect_ex(target) not in (0, errno.EINPROGRESS):
            self._close()
            return
        self._watch(self._target, (False, True))

    def abort(self) -> None:
        """End both with a reset."""
        for end in (self._caller, self._target):
            with suppress(OSError):
                end.sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_LINGER, _RESET)
        self._close()

    def _close(self) -> None:
        if not self.open:
            return
        self.open = False
        for end in (self._caller, self._target):
            if end.wants is not None:
                self._loop.forget(end.sock.fileno())
            end.sock.close()
        self._ended(self)

    def _act(self) -> None:
        """Something can be read or written, or has failed."""
        if not self.open:
            return
        if not self._connected:
            if self._target.sock.getsockopt(_socket.SOL_SOCKET, _socket.SO_ERROR):
                self._close()  # Nobody listens there: the caller, who is connected, sees the end.
                return
            self._connected = True
        try:
            self._pass_on(self._caller, self._target)
            self._pass_on(self._target, self._caller)
        except OSError:
            self.abort()
            return
        if self._caller.said_all and self._target.said_all:
            self._close()
            return
        for end, other in ((self._caller, self._target), (self._target, self._caller)):
            if end.wants == (False, False) and end.sock.getsockopt(
                _socket.SOL_SOCKET, _socket.SO_ERROR
            ):
                self.abort()
                return
            reads = not end.heard_all and not other.waiting
            self._watch(end, (reads, bool(end.waiting)))

    def _pass_on(self, giver: End, taker: End) -> None:
        """Give on what there is, one piece at most, so that others have their turn."""
        if not taker.waiting and not giver.heard_all:
            try:
                taker.waiting = giver.sock.recv(_PIECE)
                giver.heard_all = not taker.waiting
            except BlockingIOError:
                return
        if taker.waiting:
            try:
                sent = taker.sock.send(taker.waiting)
            except BlockingIOError:
                sent = 0
            rest = len(taker.waiting) - sent
            taker.waiting = memoryview(taker.waiting)[sent:] if rest else b""
        if giver.heard_all and not taker.waiting and not taker.said_all:
            taker.said_all = True
            with suppress(OSError):  # It may have left already.
                taker.sock.shutdown(_socket.SHUT_WR)

    def _watch(self, end: End, wants: tuple[bool, bool]) -> None:
        """Let the loop call us. One with nothing to do still tells of a reset; but with all said
        to it, the end of what it says would be told over and over."""
        fd = end.sock.fileno()
        if end.said_all and wants == (False, False):
            if end.wants is not None:
                self._loop.forget(fd)
                end.wants = None
            return
        if end.wants is None:
            self._loop.watch(fd, self._act)
        elif end.wants == wants:
            return
        self._loop.want(fd, *wants)
        end.wants = wants
