"""Letting all processes of a container stand still, and go on.

Docker uses the freezer of cgroups. We have no cgroup per container, and send SIGSTOP, which no
process can refuse, to every process of its pid namespace, also to those that it has put into
pid namespaces of their own. What had been stopped before (by a Ctrl-Z inside) goes on, too,
when the container does.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from . import proc
from .errors import KernelError

#: How long processes may take to stand still, in seconds: one that waits for a disk is late.
_PATIENCE = 5.0


def still(pid: int) -> bool:
    """Does the container whose first process this is stand still?"""
    letter = proc.stat(pid)[0]
    return letter == "T" or (letter == "D" and _about_to_stop(pid))


def _about_to_stop(pid: int) -> bool:
    """Is a SIGSTOP waiting for it? After vfork(2) a parent sleeps, deaf, until its child calls
    execve; if that stands still before, the parent has no other chance than to do so, too."""
    try:
        with open(f"/proc/{pid}/status") as file:
            line = next(line for line in file if line.startswith("ShdPnd"))
    except (OSError, StopIteration):
        return False
    return bool(int(line.split()[1], 16) >> (signal.SIGSTOP - 1) & 1)


def halt(first: int) -> None:
    """Stop every process of the container whose first one this is; returns when all stand.

    Raises `KernelError` when some process does not stop in time; then all go on.
    """
    deadline = time.monotonic() + _PATIENCE
    while running := [pid for pid in _members(first) if not _rests(pid)]:
        for pid in running:
            _send(pid, signal.SIGSTOP)
        if time.monotonic() > deadline:
            go_on(first)
            late = " ".join(map(str, running))
            raise KernelError("cannot pause the container", f"does not stop: {late}", f"ps {late}")
        time.sleep(0.001)


def _rests(pid: int) -> bool:
    return proc.stat(pid)[0] in "tZX" or still(pid)


def go_on(first: int) -> None:
    """Let them all go on."""
    for pid in _members(first):
        _send(pid, signal.SIGCONT)


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _members(first: int) -> set[int]:
    """All processes of the pid namespace of `first`, and all below them. (Those that `nsnet
    exec` runs have a parent outside.)"""
    home = proc.namespace(first, "pid")
    everybody = proc.pids()
    found = {pid for pid in everybody if home and proc.namespace(pid, "pid") == home}
    children: dict[int, list[int]] = {}
    for pid in everybody:
        children.setdefault(proc.parent(pid), []).append(pid)
    waiting = list(found)
    while waiting:
        below = set(children.get(waiting.pop(), ())) - found
        found |= below
        waiting += below
    return found
