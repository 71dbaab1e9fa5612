"""Terminals and pipes for commands that someone may attach to, made before they start.

They are made in the keeper (`spawn`), which then becomes ``keeper.py`` and serves them by
``relay.py``. A client that is to miss nothing says so beforehand: `awaiting`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..value import Mutable, field
from . import relay
from .errors import KernelError


def socket_path(folder: str, container: str) -> str:
    """Where clients find a container's command; `folder` is the state folder of its host."""
    return f"{folder}/attach/{container}.sock"


class Line(Mutable, frozen=False):
    """The connection of a client that was there before its command: `fd` is its end. `taken`
    says that the command has been started with it."""

    container: str
    fd: int
    size: tuple[int, int] = (0, 0)
    taken: bool = False
    far: int = -1


#: By container, what the next command started for it is to be connected with.
_awaiting: dict[str, Line] = {}


@contextmanager
def awaiting(container: str, size: tuple[int, int] = (0, 0)) -> Iterator[Line]:
    """While this lasts, the next command that *this process* starts for `container` is
    connected to the `Line` from its first byte on; `attach.attach` takes it.

    Its standard output and error are kept apart, be it interactive or not. `size` are the rows
    and columns of its terminal, if it gets one.
    """
    near, far = socket.socketpair()
    line = _awaiting[container] = Line(container, near.fileno(), size, far=far.detach())
    try:
        with near:
            yield line
    finally:
        if _awaiting.pop(container, None):
            os.close(line.far)


def line_of(container: str) -> Line | None:
    """The client that waits for a command of `container`, if there is one."""
    return _awaiting.get(container)


def taken(container: str) -> None:
    """The command of `container` has been handed to its keeper: let go of its end, so that the
    client notices when the keeper has gone."""
    line = _awaiting.pop(container, None)
    if line:
        line.taken = True
        os.close(line.far)


class Streams(Mutable, frozen=False):
    """What one command is connected to. `child` are the fds that become its standard input,
    output and error; the others stay with the keeper (see `relay.Stream`)."""

    path: str
    log: int
    child: tuple[int, int, int]
    sources: tuple[tuple[int, bytes], ...]
    sink: int = -1
    terminal: int = -1
    listener: int = -1
    node: int = 0
    first: int = -1
    passing: list[int] = field(default_factory=list)

    def kept(self) -> tuple[object, ...]:
        """What `relay.Stream` is made of, after the pid."""
        spare = self.child[0] if self.terminal >= 0 else -1
        return (
            *(self.listener, self.path, self.node, self.log, self.sources),
            *(self.sink, self.terminal, spare, self.first),
        )

    def control(self) -> None:
        """In the child, the leader of a new session: take the terminal (tty_ioctl(4))."""
        import fcntl
        import termios

        fcntl.ioctl(self.child[0], termios.TIOCSCTTY, 0)

    def forked(self) -> None:
        """In the keeper: let go of the child's side."""
        for fd in self.passing:
            os.close(fd)

    def hand_over(self) -> None:
        """In the keeper, when all are forked: keep ours for the program that it becomes."""
        fds = [fd for fd, _ in self.sources]
        spare = self.child[0] if self.terminal >= 0 else -1
        for fd in (*fds, self.log, self.sink, self.terminal, self.listener, self.first, spare):
            if fd >= 0:
                os.set_inheritable(fd, True)


def open_streams(
    path: str, log: int, *, tty: bool, interactive: bool, line: Line | None
) -> Streams:
    """Make the terminal, or else the pipes, of one command, and the socket for its clients.

    `log` is its log, open for reading and appending. Raises `KernelError`.
    """
    streams = _terminal(path, log, line) if tty else _pipes(path, log, interactive)
    if tty and not interactive:
        streams.sink = -1
    if line:
        streams.first = line.far
    streams.listener, streams.node = _listen(path)
    return streams


def _terminal(path: str, log: int, line: Line | None) -> Streams:
    try:
        master, slave = os.openpty()
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise KernelError("cannot make a terminal", why, "ls /dev/pts") from error
    if line and line.size != (0, 0):
        relay.set_size(master, *line.size)
    return Streams(path, log, (slave,) * 3, ((master, relay.STDOUT),), master, master)


def _pipes(path: str, log: int, interactive: bool) -> Streams:
    out, from_command = os.pipe()
    errors, errors_from_command = os.pipe()
    passing = [from_command, errors_from_command]
    if interactive:
        to_command, sink = os.pipe()
        passing.append(to_command)
    else:
        to_command, sink = 0, -1  # the keeper's: /dev/null
    return Streams(
        path,
        log,
        (to_command, from_command, errors_from_command),
        ((out, relay.STDOUT), (errors, relay.STDERR)),
        sink,
        passing=passing,
    )


def _listen(path: str) -> tuple[int, int]:
    """A listening unix socket at `path`, for us alone, and the inode there. Its name may be
    longer than the 107 bytes that an address holds (unix(7)): it is bound by way of its
    folder's fd."""
    folder, _, name = path.rpartition("/")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    at = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    mask = os.umask(0o177)
    try:
        with suppress(FileNotFoundError):
            os.unlink(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.bind(f"/proc/self/fd/{at}/{name}")
            sock.listen(64)
            return sock.detach(), os.stat(path).st_ino
    except OSError as error:
        raise KernelError(f"cannot listen on {path}", os.strerror(error.errno or 0)) from error
    finally:
        os.umask(mask)
        os.close(at)


def connect(path: str) -> socket.socket:
    """A connection to the command that is served at `path`. Raises OSError."""
    folder, _, name = path.rpartition("/")
    at = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(f"/proc/self/fd/{at}/{name}")
        return sock
    except BaseException:
        sock.close()
        raise
    finally:
        os.close(at)
