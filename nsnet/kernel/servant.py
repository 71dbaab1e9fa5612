"""The other side of `helper`: what runs in the helper's own interpreter.

Three processes come and go. The first makes the namespaces and leaves. The second is pid 1 in
there: it buries orphans, and ends when the connection does, which ends everything. The third
serves the calls; should it hang in one, the second still notices that its program has died.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
from collections.abc import Mapping
from select import POLLHUP, POLLIN, poll
from typing import Any, NoReturn

from . import userns, wire


class Echo:
    """The smallest target, for trying it out."""

    def say(self, text: str) -> str:
        """`text`, from the other side."""
        return text

    def pid(self) -> int:
        """Its pid in its own pid namespace."""
        return os.getpid()


def main(words: Mapping[str, Any]) -> NoReturn:
    """`words` is what `Helper.start` was given, plus the number of our socket."""
    sock = socket.socket(fileno=words["socket"])
    sock.set_inheritable(False)
    turn = os.pipe()
    try:
        if words["private"]:
            pid = userns.fork_machine(lambda: _init(sock, turn, words))
        else:
            pid = _fork_server(sock, turn, words)
        wire.send(sock, {"pid": pid}, [os.pidfd_open(pid)])
    except Exception as error:
        wire.send(sock, {"id": 0, "error": _told(error)})
    finally:
        os._exit(0)


def _fork_server(sock: socket.socket, turn: tuple[int, int], words: Mapping[str, Any]) -> int:
    """Fork the server. It speaks when the other end of the pipe `turn` is closed: after the
    first process, which still has the helper's pidfd to send."""
    pid = os.fork()
    if pid == 0:
        try:
            os.close(turn[1])
            os.read(turn[0], 1)
            _serve(sock, words)
        finally:
            os._exit(0)
    return pid


def _init(sock: socket.socket, turn: tuple[int, int], words: Mapping[str, Any]) -> NoReturn:
    """Pid 1: bury whoever ends, until that is the server, or the connection is closed."""
    try:
        hear, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        server = _fork_server(sock, turn, words)
        os.close(turn[1])
        poller = poll()
        poller.register(hear, POLLIN)
        poller.register(sock, POLLHUP)
        while not _ended(server):
            if any(fd == sock.fileno() for fd, _ in poller.poll()):
                break
            os.read(hear, 512)
    finally:
        os._exit(0)


def _ended(server: int) -> bool:
    """Bury all that have ended: was the server among them?"""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid in (0, server):
            return pid == server


def _serve(sock: socket.socket, words: Mapping[str, Any]) -> None:
    """Answer calls one after another until the connection is closed."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        target = _load(words["target"])(**words["arguments"])
    except BaseException as error:
        wire.send(sock, {"id": 0, "error": _told(error)})
        return
    wire.send(sock, {"id": 0, "value": None})
    while True:
        try:
            message, files = wire.receive(sock)
        except EOFError:
            return
        _respond(sock, target, message, files)


def _respond(sock: socket.socket, target: Any, message: Any, files: list[int]) -> None:
    try:
        arguments = message["arguments"] | ({"fds": files} if files else {})
        value = getattr(target, message["method"])(**arguments)
        result = value if isinstance(value, wire.WithFiles) else wire.WithFiles(value, ())
        wire.send(sock, {"id": message["id"], "value": result.value}, result.files)
        files.extend(result.files)
    except BaseException as error:
        wire.send(sock, {"id": message["id"], "error": _told(error)})
    for fd in files:
        os.close(fd)


def _load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _told(error: BaseException) -> dict[str, Any]:
    """An exception as JSON."""
    import traceback

    return {
        "kind": type(error).__name__,
        "parts": [str(part) for part in error.args],
        "message": str(error) or type(error).__name__,
        "exit_code": getattr(error, "exit_code", 1),
        "trace": "".join(traceback.format_exception(error)),
    }
