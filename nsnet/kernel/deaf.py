"""Making a program deaf and hearing again: it stands still, and its listening sockets do not
listen, so that callers are refused as if it had ended.

A socket of another process is reached by pidfd_getfd(2). shutdown(2) ends its listening, listen(2)
begins it anew: its address stays bound in between. While the program stands still (SIGSTOP), it
notices nothing of that.

Sources: pidfd_getfd(2), Linux ``net/ipv4/af_inet.c`` (inet_shutdown).
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from ..value import Value
from .process import alive, start_time

_PIDFD_GETFD = 438  # the same number on every architecture
_BACKLOG = 128
_libc = ctypes.CDLL(None, use_errno=True)
_SOCKET = re.compile(r"socket:\[(\d+)\]")


class Ear(Value):
    """A listening socket of a process: its descriptor there and its inode."""

    pid: int
    start: int
    fd: int
    inode: int


def ears(inodes: Iterable[int]) -> list[Ear]:
    """Who has these sockets open."""
    wanted = set(inodes)
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        pid = int(name)
        with suppress(OSError):
            for fd in os.listdir(f"/proc/{pid}/fd"):
                match = _SOCKET.fullmatch(os.readlink(f"/proc/{pid}/fd/{fd}"))
                if match and int(match[1]) in wanted:
                    found.append(Ear(pid, start_time(pid), int(fd), int(match[1])))
    return sorted(found, key=lambda each: (each.pid, each.fd))


def plug(ear: Ear) -> None:
    """Make it deaf. Raises OSError without the right to it."""
    if not alive(ear.pid, ear.start):
        return
    os.kill(ear.pid, signal.SIGSTOP)
    with _socket(ear) as sock:
        if sock and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            sock.shutdown(socket.SHUT_RD)


def unplug(ear: Ear) -> None:
    """Let it hear again."""
    if not alive(ear.pid, ear.start):
        return
    with _socket(ear) as sock:
        if sock and not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            sock.listen(_BACKLOG)
    os.kill(ear.pid, signal.SIGCONT)


def lend(ear: Ear) -> None:
    """Allow that somebody else listens on a part of its address while it is deaf."""
    with _socket(ear) as sock:
        if sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


@contextmanager
def _socket(ear: Ear) -> Iterator[socket.socket | None]:
    """The socket itself, if it is still the one. Raises OSError."""
    handle = os.pidfd_open(ear.pid)
    try:
        fd = _libc.syscall(_PIDFD_GETFD, handle, ear.fd, 0)
        if fd < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), f"socket {ear.fd} of process {ear.pid}")
    finally:
        os.close(handle)
    with socket.socket(fileno=fd) as sock:
        yield sock if os.fstat(fd).st_ino == ear.inode else None
