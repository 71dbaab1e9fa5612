"""A resolver that stands by: an interpreter that has loaded everything, and waits for the word.

Nine tenths of a resolver's start are the start of an interpreter. It is begun before the first
step of a plan and goes on beside the others; when names are to be served, a fork does. Whoever
builds one network after another (`keep`) has it stay for the next.

It ends with the connection, which is its standard input: nothing is left of it, however its
program dies. If it is gone, the resolver is started as a program.
"""

from __future__ import annotations

import os
from contextlib import suppress

#: The word to serve, and the answer to it when names are served.
WORD = b"!"
_MSG_NOSIGNAL = 0x4000  # include/linux/socket.h: `socket` is imported only where one is made

#: Seconds that it gets for it.
_TIME = 10.0


class Standby:
    """One for the host of `folder`, in the namespaces that this thread is in."""

    def __init__(self, folder: str, command: list[str], env: dict[str, str]) -> None:
        import socket
        import subprocess

        self.folder = folder
        self._sock, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=env,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Is it there?"""
        return self._process.poll() is None

    def serve(self) -> bool:
        """Have a resolver; returns when it serves, or False where that cannot be."""
        self._sock.settimeout(_TIME)
        try:
            self._sock.send(WORD, _MSG_NOSIGNAL)
            return self._sock.recv(1) == WORD
        except OSError:
            return False

    def close(self) -> None:
        """End it; what it has started stays."""
        self._sock.close()
        with suppress(ChildProcessError):
            self._process.wait()


_ready: Standby | None = None
_owner = 0
_keeping = False


def keep() -> None:
    """From now on, the one that stands by stays until this process ends."""
    global _keeping
    _keeping = True


def begin(folder: str, command: tuple[str, ...], env: dict[str, str]) -> None:
    """Have one stand by for the host of `folder`; does not wait for it. `command` is the
    resolver's own."""
    global _ready, _owner
    if _current(folder):
        return
    end()
    with suppress(OSError):
        _ready, _owner = Standby(folder, [*command, "--when-told"], env), os.getpid()


def serve(folder: str) -> bool:
    """Have the one that stands by serve `folder`, if there is one; did it?"""
    ready = _current(folder)
    if ready and ready.serve():
        return True
    end()
    return False


def release() -> None:
    """It is not needed any more, unless it is to be kept."""
    if not _keeping:
        end()


def end() -> None:
    """End it."""
    global _ready
    ready, _ready = _ready, None
    if ready and _owner == os.getpid():
        ready.close()


def _current(folder: str) -> Standby | None:
    """The one for this folder; a forked child has none."""
    fits = _ready is not None and _ready.folder == folder and _owner == os.getpid()
    return _ready if fits and _ready and _ready.alive else None
