"""Attached commands: what `docker exec` and `ip netns exec` do, with the caller's terminal.

A visit joins the namespaces of the container's first process. Where none runs (a container
without a command), it takes the named network namespace and a mount namespace for itself.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping
from typing import NoReturn

from ..value import Value, replace
from . import launch, mounts
from .errors import KernelError
from .inside import open_netns
from .process import Process, paused
from .syscalls import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUTS,
    sethostname,
    setns,
    unshare,
)
from .terminal import attend, held_back, lead_terminal

#: What the kernel answers to joining, and to forking into, a pid namespace whose pid 1 has ended.
_ENDED = (errno.ESRCH, errno.ENOMEM)
_TOO_LATE = ("cannot enter the container", "its first process has ended")


class Visit(Value):
    """One attached command.

    `netns` is a path such as ``/run/netns/web``, or "" for the current one. With a living
    `process` all its namespaces are joined, and `files` and `hostname` are those it has;
    without, they are made for the visit. `env` None hands on the caller's, `cwd` "" the
    caller's directory where it exists inside, else "/". `stdio` are the three fds to use.
    """

    netns: str
    argv: tuple[str, ...]
    process: Process | None = None
    env: Mapping[str, str] | None = None
    cwd: str = ""
    files: tuple[tuple[str, str], ...] = ()
    hostname: str = ""
    stdio: tuple[int, int, int] = (0, 1, 2)


def run_in(visit: Visit) -> int:
    """Run the command and wait: its exit code, or 128 + the number of the signal that ended
    it. Raises `SpawnError` (126, 127) when it could not start."""
    with held_back() as release:
        return attend(start_in(visit), release)


def exec_in(visit: Visit) -> NoReturn:
    """Become the command, if that can be done: for a program that has nothing left to do.

    Only a forked child can be in another pid namespace; there, we wait and exit as it did.
    """
    if visit.process is not None and visit.process.alive:
        raise SystemExit(run_in(visit))
    _become(visit, -1)


def start_in(visit: Visit) -> int:
    """Start the command and return its pid once its program runs; `attend` waits for it."""
    host = _host(visit)
    hear, report = os.pipe()
    try:
        child = _fork_into(host, visit, report)
    except BaseException:
        os.close(hear)
        raise
    finally:
        os.close(report)
        if host >= 0:
            os.close(host)
    for _, _, *error in launch.hear(hear):
        os.waitpid(child, 0)
        raise launch.told_error(*error)
    return child


def leave_in(visit: Visit) -> None:
    """Start the command in a session of its own, without our terminal, and leave it running.
    Raises as `run_in` does.

    A small interpreter waits for it: unburied, it would hold up the end of its pid namespace.
    """
    hear, report = os.pipe()
    child = os.fork()
    if child == 0:
        what = f"cannot run {visit.argv[0] if visit.argv else 'a command'}"
        launch.in_child(report, "visit", what, lambda: _leave(visit))
    os.close(report)
    for _, _, *error in launch.hear(hear):
        os.waitpid(child, 0)
        raise launch.told_error(*error)


def _leave(visit: Visit) -> NoReturn:
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    pid = start_in(replace(visit, stdio=(null, null, null)))
    for fd in range(3):
        os.dup2(null, fd)
    script = "import posix, sys; posix.waitpid(int(sys.argv[1]), 0)"
    os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", script, str(pid)])


def _host(visit: Visit) -> int:
    """A pidfd of the container's first process, or -1 where none runs."""
    if visit.process is None or not visit.process.alive:
        return -1
    if paused(visit.process):
        what = "cannot run a command in the container"
        raise KernelError(what, "it is paused: let it go on before (nsnet unpause NAME)")
    try:
        return os.pidfd_open(visit.process.pid)
    except ProcessLookupError:
        return -1


def _fork_into(host: int, visit: Visit, report: int) -> int:
    """Fork a child into the pid namespace of `host`; ours stays what it was."""
    home = os.open("/proc/self/ns/pid", os.O_RDONLY) if host >= 0 else -1
    try:
        if host >= 0:
            setns(host, CLONE_NEWPID)
        child = os.fork()
        if child == 0:
            what = f"cannot run {visit.argv[0] if visit.argv else 'a command'}"
            launch.in_child(report, "visit", what, lambda: _become(visit, host))
        return child
    except OSError as error:
        if host >= 0 and error.errno in _ENDED:
            raise KernelError(*_TOO_LATE) from error
        raise
    finally:
        if home >= 0:
            setns(home, CLONE_NEWPID)
            os.close(home)


def _become(visit: Visit, host: int) -> NoReturn:
    directory = os.getcwd()
    if host >= 0:
        _join(host)
    else:
        _furnish(visit)
    _return_to(directory)
    for fd, source in enumerate([os.dup(source) for source in visit.stdio]):
        os.dup2(source, fd)
    if host >= 0:
        lead_terminal()
    env = os.environ if visit.env is None else visit.env
    launch.execute(visit.argv, env, visit.cwd)


def _join(host: int) -> None:
    try:
        setns(host, CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC)
    except ProcessLookupError as error:
        raise KernelError(*_TOO_LATE) from error


def _furnish(visit: Visit) -> None:
    """Namespaces for a container in which nothing runs: its network, our own mounts."""
    if not visit.netns and not visit.files and not visit.hostname:
        return
    network = open_netns(visit.netns) if visit.netns else -1
    unshare(CLONE_NEWNS | (CLONE_NEWUTS if visit.hostname else 0))
    mounts.detach()
    if network >= 0:
        setns(network, CLONE_NEWNET)
        os.close(network)
        mounts.mount_sys()
    mounts.bind_files(visit.files)
    if visit.hostname:
        sethostname(visit.hostname)


def _return_to(directory: str) -> None:
    """Joining a mount namespace moves a process to its root: back to where it was."""
    try:
        os.chdir(directory)
    except OSError:
        os.chdir("/")
