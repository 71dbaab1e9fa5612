"""nsnet as a whole program, in the two ways it is started."""

from __future__ import annotations

import os
import sys
import time

from .place import ROOT

#: How users start it → the command line's first words. scripts/nsnet sets itself up if it has
#: never been used; that is no part of what is measured.
WAYS = {
    "scripts/nsnet": (str(ROOT / "scripts" / "nsnet"),),
    "python -m nsnet": (sys.executable, "-m", "nsnet"),
}
NSNET = WAYS["scripts/nsnet"]


class Failed(Exception):
    """A command that was measured did not succeed."""


def timed(*command: str, fds: tuple[int, ...] = ()) -> float:
    """Wall time of a command in ms, from its start to its exit. Raises `Failed`."""
    return measured(*command, fds=fds)[0]


def measured(*command: str, fds: tuple[int, ...] = ()) -> tuple[float, float]:
    """Wall time in ms and peak memory in MB (the largest resident set) of one process."""
    began = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1)]
    for fd in fds:
        os.set_inheritable(fd, True)
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    elapsed = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise Failed(f"`{' '.join(command)}` ended with exit code {code}")
    return 1e3 * elapsed, usage.ru_maxrss / 1e3
