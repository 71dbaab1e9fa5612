"""Processes of containers: are they alive, how did they end, and ending them.

A process is named by its pid *and* its start time, since the kernel gives pids out again.
The container's first process is pid 1 of a pid namespace of its own: when it ends, the
kernel kills all others in there, and only then counts it as ended (pid_namespaces(7)).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from select import POLLIN, poll

from ..value import Value
from . import pause as freezer
from .errors import KernelError
from .proc import namespace, pids, stat

#: How long the keeper may take to note the status of a process that has ended, in seconds.
_NOTE_TIME = 1.0


class Process(Value):
    """The first process of a container, as seen from the pid namespace of whoever asks.

    `start` is its start time in clock ticks since boot (field 22 of /proc/PID/stat), `log`
    the file that has its output; its exit status will be in ``<log>.exit``.
    """

    pid: int
    start: int
    log: str = ""

    @property
    def alive(self) -> bool:
        """Does it still run?"""
        return alive(self.pid, self.start)

    @property
    def netns_inode(self) -> int:
        """The identity of the network namespace that it is in; 0 if it is gone."""
        try:
            return os.stat(f"/proc/{self.pid}/ns/net").st_ino
        except OSError:
            return 0

    @property
    def exit_status(self) -> int | None:
        """How it ended, as a shell would say it (128 + signal), or None if nobody noted it."""
        return read_status(exit_file(self.log)) if self.log else None


def exit_file(log: str) -> str:
    """Where the keeper notes how the command with this log ended."""
    return f"{log}.exit"


def ending_file(log: str) -> str:
    """Where it says which process nsnet means to end, while it does: see `ending`."""
    return f"{log}.ending"


def identity(process: Process) -> str:
    """A process in words: "PID START"."""
    return f"{process.pid} {process.start}"


def read_status(path: str) -> int | None:
    """The exit status noted in `path`, or None."""
    try:
        with open(path) as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def alive(pid: int, start: int) -> bool:
    """Is the process `pid` that started at `start` running (and not merely unburied)?"""
    state, began = stat(pid)
    return began == start and state not in ("Z", "X", "")


def start_time(pid: int) -> int:
    """When `pid` started, in clock ticks since boot; 0 when there is no such process."""
    return stat(pid)[1]


def kill(process: Process, number: int) -> bool:
    """Send a signal; False when the process is gone already.

    Through a pidfd whose start time is read after opening it: a pid that the kernel has
    given to someone else in the meantime is never hit.
    """
    handle = open_handle(process) if process.alive else -1
    if handle < 0:
        return False
    try:
        signal.pidfd_send_signal(handle, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)


def paused(process: Process) -> bool:
    """Does the container stand still (`pause`)?"""
    return process.alive and freezer.still(process.pid)


def pause(process: Process) -> None:
    """Let all processes of the container stand still. Raises `KernelError` where one does not,
    or the first has ended."""
    if process.alive:
        freezer.halt(process.pid)
    if not paused(process):
        raise KernelError("cannot pause the container", "its first process has ended")


def unpause(process: Process) -> None:
    """Let them go on; nothing happens to one that does not stand still."""
    if process.alive:
        freezer.go_on(process.pid)


def stop(process: Process, timeout: float = 10.0, number: int = signal.SIGTERM) -> int | None:
    """End one process and all others of its pid namespace; see `stop_all`."""
    return stop_all([process], timeout, number)[0]


def stop_all(
    processes: Sequence[Process], timeout: float = 10.0, number: int = signal.SIGTERM
) -> list[int | None]:
    """The signal `number` to all at once, SIGKILL to those left after `timeout` seconds
    (negative: never); their statuses. A paused one goes on, to see the signal (as in Docker).

    Returns when every process of their pid namespaces is gone. Pid 1 of a pid namespace
    never sees a signal that it has no handler for, and ``docker stop`` waits its ten seconds
    for nothing; we look in /proc and kill such a one at once. What `Spawn.on_exit` says is
    not done for any of them.
    """
    handles = {open_handle(process): process for process in processes}
    handles.pop(-1, None)
    with ending(handles.values()):
        try:
            for handle, process in handles.items():
                heeds = _heeds(process.pid, number)
                _signal(handle, number if heeds else signal.SIGKILL)
                if heeds and paused(process):
                    unpause(process)
            for handle in _wait(handles, timeout if timeout >= 0 else None):
                _signal(handle, signal.SIGKILL)
            _wait(handles, None)
        finally:
            for handle in handles:
                os.close(handle)
        for process in handles.values():
            _await_note(process)
    return [process.exit_status for process in processes]


@contextmanager
def ending(processes: Iterable[Process]) -> Iterator[None]:
    """While this lasts, an end of these processes is nsnet's own doing, and their keeper does
    not run their `Spawn.on_exit`. It looks after the end, so that there is no moment between:
    whoever ended before us is told of as having ended by itself."""
    files = {ending_file(each.log): identity(each) for each in processes if each.log}
    for path, text in files.items():
        with suppress(OSError), open(path, "w") as file:  # its folder may be gone
            file.write(text)
    try:
        yield
    finally:
        for path in files:
            with suppress(OSError):
                os.unlink(path)


def wait(process: Process, timeout: float | None = None) -> int | None:
    """Wait until it has ended: its exit status, None where nobody noted it, or where it still
    runs after `timeout` seconds."""
    handle = open_handle(process)
    if handle >= 0:
        try:
            if _wait({handle}, timeout):
                return None
        finally:
            os.close(handle)
        _await_note(process)
    return process.exit_status


def await_end(handle: int, timeout: float) -> None:
    """Wait until the process behind a pidfd has ended; kill it after `timeout` seconds.

    Of a pid 1 that means: and all others of its pid namespace.
    """
    for left in _wait({handle}, timeout):
        _signal(left, signal.SIGKILL)
    _wait({handle}, None)


def end(process: Process) -> None:
    """Kill it, and wait until it has gone; nothing if it has."""
    handle = open_handle(process)
    if handle >= 0:
        try:
            await_end(handle, 0)
        finally:
            os.close(handle)


def processes_in(inode: int, kind: str = "net") -> list[int]:
    """The pids of all processes we may look at whose `kind` namespace has this inode."""
    wanted = f"{kind}:[{inode}]"
    return [pid for pid in pids() if namespace(pid, kind) == wanted]


def is_init(pid: int) -> bool:
    """Is it the first process of a pid namespace (other than ours)?"""
    try:
        with open(f"/proc/{pid}/status") as file:
            numbers = next(line.split()[1:] for line in file if line.startswith("NSpid"))
    except (OSError, StopIteration):
        return False
    return len(numbers) > 1 and numbers[-1] == "1"


def _heeds(pid: int, number: int) -> bool:
    """Does this pid 1 catch the signal, or wait for it blocked (sigwait, signalfd)?

    A shell blocks everything for the moment of a fork: what is blocked is looked at twice.
    """
    caught, blocked = _masks(pid)
    if blocked >> (number - 1) & 1:
        time.sleep(0.005)
        caught, blocked = _masks(pid)
    return bool((caught | blocked) >> (number - 1) & 1)


def _masks(pid: int) -> tuple[int, int]:
    """The signals that a process catches and those that it blocks, as bits."""
    try:
        with open(f"/proc/{pid}/status") as file:
            masks = dict(line.split(":\t") for line in file if line.startswith("Sig"))
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return int(masks["SigCgt"], 16), int(masks["SigBlk"], 16)


def open_handle(process: Process) -> int:
    """A pidfd of exactly this process, or -1 when it is gone. To be closed."""
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return -1
    if start_time(process.pid) != process.start:
        os.close(handle)
        return -1
    return handle


def _signal(handle: int, number: int) -> None:
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, number)


def _wait(handles: Iterable[int], timeout: float | None) -> set[int]:
    """Wait until the processes have ended; those that have not within `timeout` seconds."""
    deadline = None if timeout is None else time.monotonic() + timeout
    left, poller = set(handles), poll()
    for handle in left:
        poller.register(handle, POLLIN)
    while left:
        pause = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        ended = poller.poll(pause)
        if not ended:
            break
        for handle, _ in ended:
            poller.unregister(handle)
            left.discard(handle)
    return left


def _await_note(process: Process) -> None:
    """The keeper notes the status, then buries the process: wait for the burial."""
    if not process.log:
        return
    deadline = time.monotonic() + _NOTE_TIME
    while start_time(process.pid) == process.start and time.monotonic() < deadline:
        time.sleep(0.0005)
