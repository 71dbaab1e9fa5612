"""Commands that `exec` runs, seen from the helper that is their parent."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import NoReturn

from ..kernel import launch
from ..kernel.syscalls import PR_SET_PDEATHSIG, prctl
from ..kernel.terminal import attend
from ..kernel.visit import Visit, exec_in, start_in


def start(visit: Visit) -> int:
    """Start a command in a process group of its own, so that it can be killed with all that
    it started; the pid of the group. Raises `SpawnError`."""
    hear, report = os.pipe()
    pid = os.fork()
    if pid == 0:
        what = f"cannot run {visit.argv[0] if visit.argv else 'a command'}"
        launch.in_child(report, "exec", what, lambda: _become(visit, report))
    os.close(report)
    for _, _, *error in launch.hear(hear):
        os.waitpid(pid, 0)
        raise launch.told_error(*error)
    return pid


def finish(pid: int, kill: bool) -> int:
    """Bury a command, if need be after killing it and what it started; its exit status, or
    128 + the signal that ended it."""
    if kill:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if code >= 0 else 128 - code


def _become(visit: Visit, report: int) -> NoReturn:
    """The command itself or, since only a forked child can be in another pid namespace, the
    one that waits for it there."""
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if visit.process is None:
        exec_in(visit)
    child = start_in(visit)
    os.close(report)
    os._exit(attend(child))
