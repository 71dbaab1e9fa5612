"""A long transfer between two namespaces: does more than the first few packets arrive?"""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import ExitStack, suppress

from ..value import Value
from .inside import inside

_CHUNK = 1 << 16
_TCP_MAXSEG = 2  # tcp(7)


class Transferred(Value):
    """What came of it: bytes that arrived, whether there was a connection at all, and the size of
    the sender's segments in bytes, as it knows it (MSS; 0 without a connection)."""

    arrived: int
    connected: bool = False
    mss: int = 0


def transfer(source: str, target: str, address: str, size: int, patience: float) -> Transferred:
    """Have the namespace at `source` send `size` bytes to the one at `target` ("" is our own),
    which calls it at `address` (IPv4). It is given up after `patience` seconds."""
    with ExitStack() as stack:
        with inside(source):
            ear = stack.enter_context(socket.socket())
        with inside(target):
            caller = stack.enter_context(socket.socket())
        ear.bind(("", 0))
        ear.listen()
        for each in (ear, caller):
            each.setblocking(False)
        with suppress(OSError):
            caller.connect((address, ear.getsockname()[1]))
        return _Transfer(stack, ear, caller, size).run(patience)


class _Transfer:
    """Both ends of a transfer, in one loop."""

    def __init__(
        self, stack: ExitStack, ear: socket.socket, caller: socket.socket, size: int
    ) -> None:
        self.stack, self.ear, self.caller, self.left = stack, ear, caller, size
        self.arrived, self.size = 0, size
        self.sender: socket.socket | None = None
        self.events = stack.enter_context(selectors.DefaultSelector())
        self.events.register(ear, selectors.EVENT_READ)
        self.events.register(caller, selectors.EVENT_READ)

    def run(self, patience: float) -> Transferred:
        end = time.monotonic() + patience
        while self.arrived < self.size and time.monotonic() < end:
            for key, _ in self.events.select(max(end - time.monotonic(), 0)):
                try:
                    self._ready(key.fileobj)
                except OSError:
                    return self._told()
        return self._told()

    def _ready(self, which: object) -> None:
        if which is self.ear:
            self.sender = self.stack.enter_context(self.ear.accept()[0])
            self.sender.setblocking(False)
            self.events.register(self.sender, selectors.EVENT_WRITE)
        elif which is self.sender and self.sender:
            self.left -= self.sender.send(b"." * min(self.left, _CHUNK))
            if not self.left:
                self.events.unregister(self.sender)
        elif which is self.caller:
            got = len(self.caller.recv(_CHUNK))
            if not got:
                raise ConnectionResetError
            self.arrived += got

    def _told(self) -> Transferred:
        if self.sender is None:
            return Transferred(self.arrived)
        mss = self.sender.getsockopt(socket.IPPROTO_TCP, _TCP_MAXSEG)
        return Transferred(self.arrived, True, mss)
