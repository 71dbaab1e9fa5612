"""Being attached to a container's command: what `docker attach` and a foreground `docker run` do.

    with awaiting("web", terminal_size()) as line:    # nothing is lost: we are there first
        ...                                           # start it, in this very process
        code = attach(line, tty=True)

    code = attach("/run/nsnet/…/attach/web.sock")     # to one that runs already

Our terminal is in raw mode meanwhile: the container's own terminal says what a key means. It is
given back as it was when this returns or raises.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import POLLIN, POLLOUT, poll

from . import relay
from .console import Keys, Raw, Signals, terminal_size, watching
from .errors import KernelError, NotFound
from .process import Process, kill, wait
from .streams import Line, awaiting, connect

#: What `attach` returns when the user has left by the detach keys: the command goes on.
DETACHED = -1

#: Not passed on: they are about us, our children or our terminal, or come from our own faults.
_OURS = "CHLD PIPE WINCH CONT URG TSTP TTIN TTOU KILL STOP ALRM PROF VTALRM IO TRAP SYS"
_OURS += " SEGV BUS FPE ILL ABRT XCPU XFSZ"
PASSED_ON = frozenset(signal.Signals) - {signal.Signals[f"SIG{word}"] for word in _OURS.split()}
_ENDING = frozenset((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))

#: So many SIGINTs within a second mean that somebody really wants to leave.
_ENOUGH = 3

_BLOCK = 1 << 15
_AT_ONCE = 4096  # PIPE_BUF: a pipe that can be written to takes as much without blocking
_PAUSE = 0.1  # seconds between two looks at a log that is followed


class Interrupted(KernelError):
    """The user has left a command that does not heed Ctrl-C; it goes on."""

    exit_code = 130


def attach(
    to: str | Line,
    *,
    stdio: tuple[int, int, int] = (0, 1, 2),
    tty: bool = False,
    stdin: bool = True,
    detach_keys: str = "",
    sig_proxy: bool = True,
) -> int:
    """Be connected to a command until it ends, or the user leaves.

    `to` is the path of its socket, or a `Line` made before it was started. `tty`: it has a
    terminal; `stdin`: our fd `stdio[0]` is its input. `detach_keys` as Docker writes them
    ("ctrl-p,ctrl-q", the default), for a terminal only. With `sig_proxy`, signals to us are
    passed on; else SIGINT, SIGTERM and SIGHUP end this, and not the command.

    Returns its exit code (128 + N when signal N ended it), or `DETACHED`. Raises `NotFound`
    when nobody serves it, `KernelError` when `stdio[0]` had to be a terminal and is none, or
    the keeper was killed; BrokenPipeError when nobody reads our output any more.
    """
    keys = Keys(detach_keys)
    if tty and stdin:
        require_terminal(stdio[0])
    with _socket(to) as sock, watching(_watched(sig_proxy)) as signals:
        client = _Client(sock, stdio, signals, sig_proxy)
        client.typing = stdio[0] if stdin else -1
        if not tty:
            return client.run()
        client.keys = keys
        with _raw(client):
            return client.run()


def follow(
    process: Process,
    *,
    stdio: tuple[int, int, int] = (0, 1, 2),
    sig_proxy: bool = True,
) -> int:
    """Be attached to a command that was started detached: see what comes into its log, pass
    signals on. Returns its exit code as `attach` does; 0 if nobody noted it."""
    with watching(_watched(sig_proxy)) as signals, open(process.log, "rb") as log:
        log.seek(0, os.SEEK_END)
        left = _Leaving(sig_proxy)
        while True:
            alive = process.alive
            while data := log.read(_BLOCK):
                _write(stdio[1], data)
            if not alive:
                return wait(process) or 0
            for number in signals.take():
                if left.judge(number):
                    kill(process, number)
            time.sleep(_PAUSE)


def require_terminal(fd: int = 0) -> None:
    """Raises `KernelError` unless `fd` is a terminal: before a container is made in vain."""
    if not os.isatty(fd):
        raise KernelError(
            "the input device is not a TTY", "leave out -t (--tty), or use a terminal"
        )


def _watched(sig_proxy: bool) -> frozenset[int]:
    return (PASSED_ON if sig_proxy else _ENDING) | {signal.SIGWINCH, signal.SIGCONT}


def _socket(to: str | Line) -> socket.socket:
    if isinstance(to, Line):
        if not to.taken:
            raise KernelError(f"cannot attach to {to.container}", "no command was started in it")
        return socket.socket(fileno=os.dup(to.fd))
    try:
        return connect(to)
    except OSError as error:
        name = os.path.basename(to).removesuffix(".sock")
        why = "its command has neither a terminal nor an open input, or does not run"
        raise NotFound(f"cannot attach to {name}", why, f"nsnet logs {name}") from error


@contextmanager
def _raw(client: _Client) -> Iterator[None]:
    """Our terminal in raw mode, if keys go to the command."""
    if client.typing < 0:
        yield
        return
    client.raw = Raw(client.typing)
    try:
        client.raw.set()
        yield
    finally:
        client.raw.restore()


class _Leaving:
    """What signals mean to us."""

    def __init__(self, proxy: bool) -> None:
        self._proxy = proxy
        self._interrupts: list[float] = []

    def judge(self, number: int) -> bool:
        """Is it to be passed on? Raises what ends us where it is not."""
        if number in (signal.SIGWINCH, signal.SIGCONT):
            return False
        if not self._proxy:
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
        if number == signal.SIGINT:
            now = time.monotonic()
            self._interrupts = [each for each in self._interrupts if now - each < 1] + [now]
            if len(self._interrupts) >= _ENOUGH:
                why = "a pid 1 ignores signals that it has no handler for; it goes on"
                raise Interrupted(
                    "left the container: its command ignores Ctrl-C", why, "nsnet stop"
                )
        return True


class _Client:
    """Our end of the connection; see `relay` for the frames."""

    def __init__(
        self, sock: socket.socket, stdio: tuple[int, int, int], signals: Signals, proxy: bool
    ) -> None:
        sock.setblocking(False)
        self.sock, self.stdio, self.signals = sock, stdio, signals
        self.typing = -1
        self.keys: Keys | None = None
        self.raw: Raw | None = None
        self._leaving = _Leaving(proxy)
        self._inbox, self._outbox = bytearray(), bytearray()

    def run(self) -> int:
        """Carry everything to and fro; the exit code, or `DETACHED`."""
        if self.keys:
            self._resize(redraw=True)
        try:
            return self._run()
        finally:
            with suppress(OSError):  # what was typed before the detach keys
                self.sock.settimeout(1)
                self.sock.sendall(self._outbox)

    def _run(self) -> int:
        while True:
            found = self._wait()
            self._heed()
            if self.typing in found and self._read_input():
                return DETACHED
            if self.sock.fileno() in found:
                self._send()
                status = self._receive()
                if status is not None:
                    return status

    def _wait(self) -> dict[int, int]:
        poller = poll()
        poller.register(self.sock, POLLIN | (POLLOUT if self._outbox else 0))
        if self.typing >= 0 and len(self._outbox) < _BLOCK:
            poller.register(self.typing, POLLIN)
        if self.signals.fd >= 0:
            poller.register(self.signals.fd, POLLIN)
        return dict(poller.poll())

    def _heed(self) -> None:
        """See to the signals that came."""
        for number in self.signals.take():
            if number == signal.SIGCONT and self.raw:
                self.raw.set()
            if number in (signal.SIGCONT, signal.SIGWINCH) and self.keys:
                self._resize()
            if self._leaving.judge(number):
                self._say(relay.SIGNAL, str(int(number)).encode())

    def _resize(self, redraw: bool = False) -> None:
        """Tell the size of our terminal. With `redraw` it seems to change, as Docker does it: so
        a program shows itself to those who come later."""
        rows, columns = terminal_size(*self.stdio)
        if rows and redraw:
            self._say(relay.SIZE, f"{rows + 1} {columns}".encode())
        if rows:
            self._say(relay.SIZE, f"{rows} {columns}".encode())

    def _read_input(self) -> bool:
        """Pass on what was typed; has the user left?"""
        try:
            data = os.read(self.typing, _BLOCK)
        except BlockingIOError:
            return False
        except OSError:  # closed, or the terminal is gone
            data = b""
        if not data:
            self.typing = -1
            self._say(relay.STDIN_END)
            return False
        left = False
        if self.keys:
            data, left = self.keys.feed(data)
        if data:
            self._say(relay.STDIN, data)
        return left

    def _say(self, kind: bytes, content: bytes = b"") -> None:
        self._outbox += relay.frame(kind, content)
        self._send()

    def _send(self) -> None:
        try:
            while self._outbox:
                del self._outbox[: self.sock.send(self._outbox)]
        except BlockingIOError:
            return
        except OSError:  # It has ended; how, is still to be read.
            self._outbox.clear()

    def _receive(self) -> int | None:
        """Show what has come; the exit code when that was in it."""
        try:
            data = self.sock.recv(1 << 16)
        except BlockingIOError:
            return None
        except ConnectionError:
            data = b""
        if not data:
            raise KernelError(
                "lost the connection to the command", "its keeper was killed", "nsnet ps -a"
            )
        self._inbox += data
        while (found := relay.take(self._inbox)) is not None:
            kind, content = found
            if kind == relay.STATUS:
                return int(content)
            self._show(self.stdio[2 if kind == relay.STDERR else 1], content)
        return None

    def _show(self, fd: int, data: bytes) -> None:
        """Write all of it; signals are heeded also while nobody reads."""
        while data:
            poller = poll()
            poller.register(fd, POLLOUT)
            if self.signals.fd >= 0:
                poller.register(self.signals.fd, POLLIN)
            ready = dict(poller.poll())
            self._heed()
            if ready.get(fd, 0) & ~POLLIN:
                data = data[os.write(fd, data[:_AT_ONCE]) :]


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


__all__ = [
    "DETACHED",
    "Interrupted",
    "attach",
    "awaiting",
    "follow",
    "require_terminal",
    "terminal_size",
]
