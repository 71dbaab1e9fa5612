"""A process that does the kernel's work for a program that cannot: one with threads, an event
loop, or no rights.

It lives in a machine of namespaces of its own (or, with ``private=False``, in ours) and ends
with the connection: however its program dies, the kernel closes the socket, and nothing that
the helper made outlives it. Plain blocking sockets and one lock: it can be used from threads
and from inside a running event loop.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from . import wire
from .errors import KernelError, NotFound, PreconditionError
from .process import await_end

#: Seconds that a helper gets to end after its connection, before it is killed.
_GRACE = 10.0

#: Puts our modules where its own interpreter would look for them, and nothing else.
_START = "import sys, json; w = json.loads(sys.argv[1]); sys.path[:] = w['path']; " + (
    "from nsnet.kernel.servant import main; main(w)"
)

_alive: weakref.WeakSet[Helper] = weakref.WeakSet()


class HelperError(KernelError):
    """What was raised in the helper: its type's name is `kind`, its traceback `trace`."""

    def __init__(self, kind: str, message: str, exit_code: int = 1, trace: str = "") -> None:
        super().__init__(message)
        self.kind, self.exit_code, self.trace = kind, exit_code, trace


class Helper:
    """A connection to a helper process; make one with `Helper.start`.

    >>> with Helper.start("nsnet.kernel.servant:Echo") as helper:
    ...     helper.call("say", text="hello")
    'hello'
    """

    def __init__(self, sock: socket.socket, handle: int) -> None:
        self._sock, self._handle = sock, handle
        self._lock = threading.Lock()
        self._asked = 0
        self._gone = "it has been closed"
        _alive.add(self)

    @classmethod
    def start(
        cls,
        target: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        private: bool = True,
    ) -> Helper:
        """Start an interpreter that calls `target` ("package.module:function") once with
        `arguments`, and then the methods of what it returned, one `call` after another.

        Raises `PreconditionError` where user namespaces are forbidden, and what the target
        raised. ``private=False`` works in the namespaces we are in (as root: the machine).
        """
        ours, theirs = socket.socketpair()
        words = {"target": target, "arguments": dict(arguments or {}), "private": private}
        try:
            with theirs:
                _launch({**words, "path": sys.path, "socket": theirs.fileno()}, theirs.fileno())
            handle = _handle(ours)
        except BaseException:
            ours.close()
            raise
        helper = cls(ours, handle)
        try:
            helper._answer(0)
        except BaseException:
            helper.close()
            raise
        return helper

    def call(self, method: str, /, *, fds: Sequence[int] = (), **arguments: Any) -> Any:
        """Call a method over there; `arguments` and result are whatever JSON can hold.

        With `fds`, copies of these open files arrive as its argument ``fds``. Raises
        `KernelError` or its kin, with the exit code of what was raised over there.
        """
        value, files = self.call_for_files(method, fds=fds, **arguments)
        for fd in files:
            os.close(fd)
        return value

    def call_for_files(
        self, method: str, /, *, fds: Sequence[int] = (), **arguments: Any
    ) -> tuple[Any, list[int]]:
        """As `call`, with the open files that it returned (as `wire.WithFiles`)."""
        with self._lock:
            if self._sock.fileno() < 0:
                raise KernelError("cannot use this sandbox", self._gone)
            self._asked += 1
            message = {"id": self._asked, "method": method, "arguments": arguments}
            try:
                wire.send(self._sock, message, fds)
            except OSError as error:
                raise _gone() from error
            return self._answer(self._asked)

    def close(self) -> None:
        """End the helper and all that is inside; returns when it has gone."""
        with self._lock:
            if self._sock.fileno() < 0:
                return
            self._sock.close()
            await_end(self._handle, _GRACE)
            os.close(self._handle)

    def __enter__(self) -> Helper:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _answer(self, number: int) -> tuple[Any, list[int]]:
        """The answer to a question; those to older ones, which nobody waited for (Ctrl-C),
        are thrown away."""
        while True:
            try:
                message, files = wire.receive(self._sock)
            except EOFError as error:
                raise _gone() from error
            if message["id"] == number:
                break
            for fd in files:
                os.close(fd)
        if "error" in message:
            raise _error(**message["error"])
        return message["value"], files

    def _forget(self) -> None:
        """In a forked child: the helper is its parent's."""
        self._gone = "it is of the process that this one was forked from: make another one here"
        self._lock = threading.Lock()
        self._sock.close()


def _launch(words: Mapping[str, Any], theirs: int) -> None:
    """Start the interpreter. Its first process goes as soon as the helper proper is born."""
    import json
    import subprocess

    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _START, json.dumps(words)],
        stdin=subprocess.DEVNULL,
        stdout=2,
        pass_fds=(theirs,),
        start_new_session=True,
    )
    process.wait()


def _handle(sock: socket.socket) -> int:
    """A pidfd of the helper, its first message; or the reason why there is none."""
    try:
        message, files = wire.receive(sock)
    except EOFError as error:
        raise _gone() from error
    if "error" in message:
        raise _error(**message["error"])
    return files[0]


def _error(
    kind: str, parts: Sequence[str], message: str, exit_code: int, trace: str
) -> KernelError:
    """The same error again if it is one of ours, else as near as can be."""
    for known in (KernelError, PreconditionError, NotFound):
        if kind == known.__name__:
            return known(*parts)
    return HelperError(kind, message, exit_code, trace)


def _gone() -> KernelError:
    return KernelError("cannot reach the sandbox", "its process has ended")


def _forget_all() -> None:
    for helper in list(_alive):
        helper._forget()


os.register_at_fork(after_in_child=_forget_all)
