"""Detached commands without a daemon: what `docker run -d` leaves to dockerd and a shim.

One *keeper* is forked per call. It forks every command, each as pid 1 of a pid namespace of
its own, and then becomes ``keeper.py``, which waits for them and notes their exit statuses.
So one small interpreter stays for a whole ``up``, however many containers it has, and none
of the caller's memory; with the last command it ends too.

Measured for what stays (private memory): this interpreter 2.3 MB for all; one per command,
2.3 MB each; perl 0.8 MB each; dash 0.2 MB each, but a shell can wait only for what it has
forked itself, and cannot tell the caller what `execve` answered. 6 ms for one command, 1.2 ms
each for a hundred.

The command itself is pid 1, with nothing in front of it, as in Docker without ``--init``.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn

from . import launch, mounts
from .errors import KernelError, SpawnError
from .hostid import host_id
from .inside import open_netns
from .process import Process, exit_file, start_time
from .syscalls import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUTS,
    PR_SET_NAME,
    prctl,
    sethostname,
    setns,
    unshare,
)

#: Where socket activation begins (sd_listen_fds(3)).
LISTEN_START = 3


@dataclass(frozen=True, slots=True)
class Spawn:
    """One command to start.

    `netns` is a path such as ``/run/netns/web``, or "" for the current one. `files` are
    (target, source) pairs laid over each other in its own mount namespace. `hostname` ""
    keeps the machine's UTS namespace. `log` gets its output appended, ``<log>.exit`` its
    exit status; "" keeps neither. `listen` are open listening sockets, which it finds as
    fds 3, 4, … with LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES set (systemd's protocol).
    """

    name: str
    argv: tuple[str, ...]
    netns: str = ""
    env: tuple[tuple[str, str], ...] = ()
    hostname: str = ""
    files: tuple[tuple[str, str], ...] = ()
    log: str = ""
    listen: tuple[int, ...] = ()
    cwd: str = "/"


def spawn(spec: Spawn) -> Process:
    """Start one command; returns when its program runs. Raises `SpawnError`."""
    result = spawn_all([spec])[0]
    if isinstance(result, KernelError):
        raise result
    return result


def spawn_all(specs: Sequence[Spawn]) -> list[Process | KernelError]:
    """Start commands side by side, and say of each, in order, what became of it.

    The caller must be single-threaded (it is forked) and keeps no child: the keeper belongs
    to the init process. The caller's copies of the `listen` sockets stay open.
    """
    if not specs:
        return []
    hear, report = os.pipe()
    with named(keeper_name()):
        middle = os.fork()
    if middle == 0:
        os.close(hear)
        _orphan(specs, report)
    os.close(report)
    os.waitpid(middle, 0)
    return _results(specs, launch.hear(hear))


def keeper_name() -> str:
    """What a keeper of this host is called (/proc/PID/comm) until it runs its program: who
    cleans up after a kill finds those that are about to start something."""
    return f"nsnet-{host_id()}"[:15]


@contextmanager
def named(name: str) -> Iterator[None]:
    """Go by another name meanwhile; children keep it, so there is no moment without it."""
    with open("/proc/thread-self/comm") as file:
        before = file.read().strip()
    prctl(PR_SET_NAME, name.encode())
    try:
        yield
    finally:
        prctl(PR_SET_NAME, before.encode())


def _results(specs: Sequence[Spawn], lines: list[list[str]]) -> list[Process | KernelError]:
    """One result per spec; an error, told by a child, outweighs its pid, told by the keeper."""
    results: dict[str, Process | KernelError] = {}
    logs = {str(index): spec.log for index, spec in enumerate(specs)}
    for index, kind, *fields in sorted(lines, key=lambda fields: fields[1] == "error"):
        if kind == "error":
            results[index] = launch.told_error(*fields)
        else:
            results[index] = Process(int(fields[0]), int(fields[1]), logs[index])
    lost = SpawnError("cannot start the command", "its keeper was killed", exit_code=125)
    return [results.get(index, lost) for index in logs]


def _orphan(specs: Sequence[Spawn], report: int) -> NoReturn:
    """The process in the middle: fork the keeper and die, so that init adopts it."""
    try:
        if os.fork() == 0:
            os.setsid()
            _keep(specs, report)
    finally:
        os._exit(0)


def _keep(specs: Sequence[Spawn], report: int) -> NoReturn:
    """The keeper: let go of the caller's terminal, directory and fds, fork, become small."""
    os.chdir("/")
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    sockets = [fd for spec in specs for fd in spec.listen]
    report = fcntl.fcntl(report, fcntl.F_DUPFD_CLOEXEC, LISTEN_START + len(sockets))
    launch.close_others([report, *sockets])
    for fd in (report, *sockets):
        os.set_inheritable(fd, False)
    home = os.open("/proc/self/ns/pid", os.O_RDONLY)
    children = [_fork(index, spec, report, home) for index, spec in enumerate(specs)]
    words = [word for child in children for word in child]
    argv = launch.own_interpreter("keeper.py", *words)
    os.execv(argv[0], argv)


def _fork(index: int, spec: Spawn, report: int, home: int) -> tuple[str, ...]:
    """Fork one command into a new pid namespace: (pid, file for its exit status) as text."""
    try:
        unshare(CLONE_NEWPID)
        pid = os.fork()
    except OSError as error:
        why = f"{error.filename or 'fork'}: {error.strerror}"
        launch.tell(report, f"{index}\terror\t125\tcannot start {spec.name}\t{why}")
        return ()
    if pid == 0:
        launch.in_child(report, str(index), f"cannot start {spec.name}", lambda: _become(spec))
    setns(home, CLONE_NEWPID)
    launch.tell(report, f"{index}\tpid\t{pid}\t{start_time(pid)}")
    return str(pid), exit_file(spec.log) if spec.log else ""


def _become(spec: Spawn) -> NoReturn:
    """The child: take the container's namespaces and files, and become its program."""
    os.setsid()
    log = _open_log(spec.log)
    _enter(spec)
    for fd in (1, 2):
        os.dup2(log, fd)
    os.umask(0o022)
    env = launch.environment(spec.env, spec.hostname) | _hand_over(spec.listen)
    launch.execute(spec.argv, env, spec.cwd)


def _open_log(path: str) -> int:
    """The log for appending, fresh of an older exit status."""
    if not path:
        return os.open("/dev/null", os.O_WRONLY)
    with suppress(FileNotFoundError):
        os.unlink(exit_file(path))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)


def _enter(spec: Spawn) -> None:
    network = open_netns(spec.netns) if spec.netns else -1
    unshare(CLONE_NEWNS | CLONE_NEWIPC | (CLONE_NEWUTS if spec.hostname else 0))
    mounts.detach()
    if network >= 0:
        setns(network, CLONE_NEWNET)
        mounts.mount_sys()
    mounts.mount_proc()
    mounts.bind_files(spec.files)
    if spec.hostname:
        sethostname(spec.hostname)


def _hand_over(sockets: tuple[int, ...]) -> dict[str, str]:
    """Place the sockets at fd 3 and on, out of each other's way; the variables that say so."""
    if not sockets:
        return {}
    after = LISTEN_START + len(sockets)
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, after) for fd in sockets]
    for offset, fd in enumerate(moved):
        os.dup2(fd, LISTEN_START + offset)
    return {
        "LISTEN_FDS": str(len(sockets)),
        "LISTEN_PID": str(os.getpid()),
        "LISTEN_FDNAMES": ":".join(["socket"] * len(sockets)),
    }
