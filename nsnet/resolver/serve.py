"""The resolver as a program: ``python3 -I -S …/resolver/run.py FOLDER [--detach]``.

It serves ``FOLDER/names`` and ends when that is gone; it relays the ports of ``FOLDER/ports``.
There are two processes, and each notices
at once when the other one dies. The first only waits for the second, and starts another one if
it was killed. If the first is killed, the second forks: the child goes on serving with all that
was open, and the parent takes the place of the first. SIGTERM to either ends both.

Both hold a lock on ``FOLDER/resolver.lock``; in it stand their pids.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import fcntl
import gc
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from .place import CONTROL, LOCK, LOG, NAMES, PORTS, marks, program

if TYPE_CHECKING:
    from .server import Server

#: The exit code of a start that failed.
FAILED = 3

_OPTIONS = ("--adopt", "--handed", "--detach", "--when-told")

_ENDING = {_signal.SIGTERM, _signal.SIGINT}

#: Seconds before another start after one that failed at once, at first and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_HEALTHY = 1.0


def main(words: Sequence[str]) -> int:
    """Parse the words; exit code 1 if this folder has a resolver already, 2 for bad words;
    with ``--detach``, 3 if it does not serve."""
    folder = os.path.abspath(words[0]) if words else ""
    option = "".join(words[1:2])
    adopt, handed, detach, standby = (option == each for each in _OPTIONS)
    if not folder or option not in ("", *_OPTIONS):
        print("usage: run.py FOLDER [--detach]", file=sys.stderr)
        return 2
    if adopt:
        Supervisor(folder, int(words[3])).watch_over(int(words[2]))
    if handed:
        lock, *sockets = map(int, words[2:])
        _close_all_but(lock, *sockets)
        for fd in (lock, *sockets):
            os.set_inheritable(fd, False)
        return Supervisor(folder, lock).run(-1, sockets)
    wanted = marks(folder)
    if any(os.environ.get(key) != value for key, value in wanted.items()):
        os.execve(sys.executable, [*_program(), *words], {**os.environ, **wanted})
    if standby:
        stand_by(folder)
    for name in (NAMES, PORTS):
        os.makedirs(f"{folder}/{name}", exist_ok=True)
    lock = take_lock(folder)
    if lock < 0:
        print(f"resolver: {folder} has one already", file=sys.stderr)
        return 1
    ready = _detach(lock) if detach else -1
    return Supervisor(folder, lock).run(ready)


def _program() -> list[str]:
    return [sys.executable, "-I", "-S", program()]


def take_lock(folder: str) -> int:
    """The lock's file descriptor; -1 if somebody else has it."""
    path = f"{folder}/{LOCK}"
    for _ in range(20):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(fd).st_ino == os.stat(path).st_ino:
                return fd
        except BlockingIOError:
            time.sleep(0.005)  # Perhaps somebody only looks whether it is held.
        except FileNotFoundError:
            pass
        os.close(fd)
    return -1


def _detach(lock: int) -> int:
    """Go on as a process of its own, in which this returns a file descriptor; the old one
    exits when a byte is written to that, or it is closed."""
    hear, ready = os.pipe()
    if os.fork():
        os.close(ready)
        os._exit(0 if os.read(hear, 1) else FAILED)
    _leave_behind(lock, ready)
    return ready


def stand_by(folder: str) -> NoReturn:
    """Be a `standby.Standby`: a resolver for each word on our standard input, until its end. Who
    is forked here has our marks in its environment, as if it had been run."""
    import json  # noqa: F401

    from . import ports, server  # noqa: F401
    from .standby import WORD

    gc.freeze()
    _signal.signal(_signal.SIGCHLD, _signal.SIG_IGN)  # They bury themselves.
    while os.read(0, 1):
        hear, ready = os.pipe()
        if not os.fork():
            _born(folder, ready)
        os.close(ready)
        os.write(0, WORD if os.read(hear, 1) else b"?")
        os.close(hear)
    os._exit(0)


def _born(folder: str, ready: int) -> NoReturn:
    """A resolver's first process."""
    try:
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        lock = take_lock(folder)
        if lock >= 0:
            _leave_behind(lock, ready)
            Supervisor(folder, lock).run(ready)
    finally:
        os._exit(FAILED)


def _leave_behind(*kept: int) -> None:
    """Have nothing of those who started us: session, folder, terminal, open files."""
    os.setsid()
    os.chdir("/")
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    _close_all_but(*kept)


def _close_all_but(*kept: int) -> None:
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in kept:
            with suppress(OSError):  # The one that listed the folder has gone already.
                os.close(int(name))


class Supervisor:
    """The process that waits for the serving one."""

    def __init__(self, folder: str, lock: int) -> None:
        self._folder, self._lock = folder, lock
        self._child = 0

    def run(self, ready: int, handed: Sequence[int] = ()) -> NoReturn:
        """Start the serving process, over and over; the first one gets the sockets `handed`."""
        from . import server  # noqa: F401  What is loaded before the fork is in memory once.

        if handed:
            from . import relay  # noqa: F401
        gc.freeze()
        _signal.signal(_signal.SIGHUP, _signal.SIG_IGN)
        _signal.pthread_sigmask(_signal.SIG_BLOCK, _ENDING)
        self._start(ready, handed)
        for fd in handed:
            os.close(fd)
        if ready >= 0:
            os.close(ready)
        self._wait()

    def watch_over(self, child: int) -> NoReturn:
        """Take a serving process over that this process has forked."""
        _signal.pthread_sigmask(_signal.SIG_BLOCK, _ENDING)
        self._child = child
        self._wait()

    def _start(self, ready: int = -1, handed: Sequence[int] = ()) -> None:
        own = os.getpid()
        child = os.fork()
        if child == 0:
            _serve(self._folder, self._lock, ready, own, handed)
        self._child = child
        _note(self._lock, own, child)

    def _wait(self) -> NoReturn:
        for number in _ENDING:
            _signal.signal(number, self._end)
        pause = 0.0
        while True:
            began = time.monotonic()
            _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _ENDING)
            os.waitid(os.P_PID, self._child, os.WEXITED | os.WNOWAIT)
            _signal.pthread_sigmask(_signal.SIG_BLOCK, _ENDING)
            _, status = os.waitpid(self._child, 0)
            self._child = 0
            if status == 0:
                self._tidy()
            pause = 0.0 if time.monotonic() - began > _HEALTHY else min(
                _LONGEST_PAUSE, 2 * pause or _FIRST_PAUSE
            )  # fmt: skip
            time.sleep(pause if os.waitstatus_to_exitcode(status) > 0 else 0)
            self._start()

    def _end(self, number: int, frame: object) -> None:
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, _signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._child, 0)
        self._tidy()

    def _tidy(self) -> NoReturn:
        """The end of both."""
        for name in (CONTROL, LOCK):
            with suppress(OSError):
                os.unlink(f"{self._folder}/{name}")
        os._exit(0)


def _note(lock: int, supervisor: int, server: int) -> None:
    """Write who is who."""
    text = f"{supervisor} {server}\n".encode()
    os.pwrite(lock, text, 0)
    os.ftruncate(lock, len(text))


def _serve(folder: str, lock: int, ready: int, parent: int, handed: Sequence[int] = ()) -> NoReturn:
    """The serving process. Status 0 tells the other one that all is over."""
    from .server import Ended, Server

    try:
        for number in _ENDING:
            _signal.signal(number, lambda number, frame: os._exit(0))
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _ENDING)
        server = Server(folder, handed)
        _watch_parent(server, folder, lock, parent)
        if ready >= 0:
            os.write(ready, b"1")
            os.close(ready)
        server.run()
    except Ended:
        os._exit(0)
    except BaseException:
        _complain(folder)
        os._exit(1)


def _watch_parent(server: Server, folder: str, lock: int, parent: int) -> None:
    """When the other process ends, do its work, too."""
    handle = -1
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(parent)
    if handle < 0 or os.getppid() != parent:
        if handle >= 0:
            os.close(handle)
        _divide(server, folder, lock)
        return

    def orphaned() -> None:
        server.loop.forget(handle)
        os.close(handle)
        _divide(server, folder, lock)

    server.loop.watch(handle, orphaned)


def _divide(server: Server, folder: str, lock: int) -> None:
    """Fork. The child returns and goes on serving; the parent becomes its supervisor, as a
    fresh program that has nothing open but the lock."""
    _signal.pthread_sigmask(_signal.SIG_BLOCK, _ENDING)
    own = os.getpid()
    child = os.fork()
    if child == 0:
        _watch_parent(server, folder, lock, own)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, _ENDING)
        return
    _note(lock, own, child)
    os.set_inheritable(lock, True)
    words = [*_program(), folder, "--adopt", str(child), str(lock)]
    with suppress(OSError):
        os.execve(sys.executable, words, dict(os.environ))
    _close_all_but(lock)  # Our program is not there any more.
    Supervisor(folder, lock).watch_over(child)


def _complain(folder: str) -> None:
    """What nobody expected, for whoever looks after it."""
    import traceback

    with suppress(OSError), open(f"{folder}/{LOG}", "w", encoding="utf-8") as file:
        traceback.print_exc(file=file)
