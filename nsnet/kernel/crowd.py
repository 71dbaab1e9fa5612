"""Listeners for a moment: who answers, and whom it saw, can be read from the answer (`stub`).

Each is a child of ours with one socket, opened in the namespace it stands for; they end with the
`with` block, or with us.
"""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
from typing import NoReturn

from .errors import KernelError, NotFound
from .listen import listen_in
from .syscalls import PR_SET_PDEATHSIG, prctl


class Crowd:
    """The listeners of one check."""

    def __init__(self) -> None:
        self._children: list[int] = []

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(
        self, path: str, name: str, port: int, protocol: str = "tcp", address: str = ""
    ) -> bool:
        """Answer as `name` in the namespace at `path` ("": our own). False where the port is
        taken, or the namespace or the address is not there."""
        try:
            (fd,) = listen_in(path, ((protocol, address, port),))
        except (KernelError, NotFound):
            return False
        ready, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ready)
            _serve(name, fd, tell)
        self._children.append(child)
        os.close(fd)
        os.close(tell)
        os.read(ready, 1)
        os.close(ready)
        return True

    def close(self) -> None:
        """End them all."""
        for child in self._children:
            os.kill(child, signal.SIGKILL)
        for child in self._children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
        self._children.clear()


def _serve(name: str, fd: int, tell: int) -> NoReturn:
    """Be a listener until we are killed; nothing of the parent's runs here, whatever happens."""
    try:
        from . import stub

        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        null = os.open(os.devnull, os.O_RDWR)
        for each in range(3):
            os.dup2(null, each)
        sock = socket.socket(fileno=fd)
        if sock.type == socket.SOCK_DGRAM:
            stub.note_addresses(sock)
        os.write(tell, b"1")
        os.close(tell)
        stub.Stub(name, [sock]).serve()
    finally:
        os._exit(1)
