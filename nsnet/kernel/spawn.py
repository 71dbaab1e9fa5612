"""Detached commands without a daemon: what `docker run -d` leaves to dockerd and a shim.

One *keeper* is forked per call. It forks every command, each as pid 1 of a pid namespace of
its own, and then becomes ``keeper.py``, which waits for them and notes their exit statuses.
So one small interpreter stays for a whole ``up``, however many containers it has, and none
of the caller's memory; with the last command it ends too.

Measured for what stays (private memory): this interpreter 2.3 MB for all; one per command,
2.3 MB each; perl 0.8 MB each; dash 0.2 MB each, but a shell can wait only for what it has
forked itself, and cannot tell the caller what `execve` answered. 6 ms for one command, 1.2 ms
each for a hundred. With streams (a terminal, pipes) it is 3 MB for all.

Without a terminal or somebody who waits for it (`streams.awaiting`), a command writes straight
into its log and goes on when its keeper is killed.

The command itself is pid 1, with nothing in front of it, as in Docker without ``--init``.
"""

from __future__ import annotations

import fcntl
import marshal
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NoReturn

from ..value import Mutable, Value, field
from . import launch, mounts, streams
from .errors import KernelError, SpawnError
from .hostid import host_id
from .inside import open_netns
from .marks import KEEPER
from .process import Process, ending_file, exit_file, identity, start_time
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


class Spawn(Value):
    """One command to start.

    `netns` is a path such as ``/run/netns/web``, or "" for the current one. `files` are
    (target, source) pairs laid over each other in its own mount namespace. `hostname` ""
    keeps the machine's UTS namespace. `log` gets its output appended, ``<log>.exit`` its
    exit status; "" keeps neither. `listen` are open listening sockets, which it finds as
    fds 3, 4, … with LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES set (systemd's protocol).

    `tty` gives it a terminal, `interactive` a standard input that stays open; clients attach
    to either by the unix socket `socket` (`attach`), and both need a log. `on_exit` is a
    program that is run in the caller's namespaces, its exit status as the last word, when the
    command has ended and nobody meant it to (`process.ending`): it finds NSNET_HOST as the
    command has it, its name as NSNET_ENDED, and "PID START" as NSNET_PROCESS. It needs a log.
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
    tty: bool = False
    interactive: bool = False
    socket: str = ""
    on_exit: tuple[str, ...] = ()


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
    for spec in specs:
        streams.taken(spec.name)
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
    handed = [fd for spec in specs for fd in spec.listen]
    waiting = [line.far for spec in specs if (line := streams.line_of(spec.name))]
    report = fcntl.fcntl(report, fcntl.F_DUPFD_CLOEXEC, LISTEN_START + len(handed))
    launch.close_others([report, *handed, *waiting])
    for fd in (report, *handed, *waiting):
        os.set_inheritable(fd, False)
    home = os.open("/proc/self/ns/pid", os.O_RDONLY)
    crew = _Crew(report, home, *os.pipe())
    for index, spec in enumerate(specs):
        crew.fork(str(index), spec)
    crew.hand_over()
    told = marshal.dumps((keeper_name(), crew.failed, crew.kept))
    argv = launch.own_interpreter("keeper.py", str(_file_of(told)))
    os.execve(argv[0], argv, {**os.environ, KEEPER: keeper_name()})


def _file_of(told: bytes) -> int:
    """An open file, kept by the program that we become, that says this."""
    file = os.memfd_create("kept", 0)
    while told:
        told = told[os.write(file, told) :]
    os.lseek(file, 0, os.SEEK_SET)
    return file


class _Crew(Mutable, frozen=False):
    """The children of a keeper, and what they have in common: the pipe for reports, the pid
    namespace to return to, and the pipe on which they say that they could not start."""

    report: int
    home: int
    failed: int
    failing: int
    kept: list[tuple[object, ...]] = field(default_factory=list)
    connected: list[streams.Streams] = field(default_factory=list)

    def fork(self, index: str, spec: Spawn) -> None:
        """Fork one command into a new pid namespace, and keep it (`keeper.Kept`)."""
        try:
            own = _streams(spec)
            unshare(CLONE_NEWPID)
            pid = os.fork()
        except (OSError, KernelError) as error:
            why = str(error)
            if isinstance(error, OSError):
                why = f"{error.filename or 'fork'}: {error.strerror}"
            launch.tell(self.report, f"{index}\terror\t125\tcannot start {spec.name}\t{why}")
            return
        if pid == 0:
            what = f"cannot start {spec.name}"
            launch.in_child(self.report, index, what, lambda: self._become(index, spec, own))
        setns(self.home, CLONE_NEWPID)
        process = Process(pid, start_time(pid), spec.log)
        launch.tell(self.report, f"{index}\tpid\t{pid}\t{process.start}")
        note = exit_file(spec.log) if spec.log else ""
        followed = (ending_file(spec.log), spec.on_exit, _marks(spec, process))
        kept = own.kept() if own else ()
        self.kept.append((index, pid, identity(process), note, *followed, kept))
        if own:
            own.forked()
            self.connected.append(own)

    def _become(self, index: str, spec: Spawn, own: streams.Streams | None) -> NoReturn:
        """The child: become the program, or let the keeper know that it never ran."""
        try:
            _become(spec, own)
        except BaseException:
            os.write(self.failing, f"{index} ".encode())
            raise

    def hand_over(self) -> None:
        """When all are forked: what is to survive that we become another program."""
        os.set_inheritable(self.failed, True)
        for each in self.connected:
            each.hand_over()


def _marks(spec: Spawn, process: Process) -> tuple[tuple[str, str], ...]:
    """What `on_exit` finds in its environment. Not the mark of the container: it is not one of
    its processes, and must not be taken for one."""
    if not spec.on_exit:
        return ()
    host = dict(spec.env).get("NSNET_HOST", "")
    named = (("NSNET_ENDED", spec.name), ("NSNET_PROCESS", identity(process)))
    return ((("NSNET_HOST", host),) if host else ()) + named


def _streams(spec: Spawn) -> streams.Streams | None:
    """The terminal or the pipes that the command needs; most need none."""
    line = streams.line_of(spec.name)
    if not (spec.tty or spec.interactive or line):
        return None
    return streams.open_streams(
        spec.socket or f"{spec.log}.sock",
        _open_log(spec.log),
        tty=spec.tty,
        interactive=spec.interactive,
        line=line,
    )


def _become(spec: Spawn, own: streams.Streams | None) -> NoReturn:
    """The child: take the container's namespaces and files, and become its program."""
    os.setsid()
    if own:
        stdio = own.child
        if spec.tty:
            own.control()
    else:
        log = _open_log(spec.log)
        stdio = (0, log, log)
    _enter(spec)
    for fd, source in enumerate(stdio):
        os.dup2(source, fd)
    os.umask(0o022)
    env = launch.environment(spec.env, spec.hostname, spec.tty) | _hand_over(spec.listen)
    launch.execute(spec.argv, env, spec.cwd)


def _open_log(path: str) -> int:
    """The log for appending, fresh of an older exit status."""
    if not path:
        return os.open("/dev/null", os.O_RDWR)
    with suppress(FileNotFoundError):
        os.unlink(exit_file(path))
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)


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
