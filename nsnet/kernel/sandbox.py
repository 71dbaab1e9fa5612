"""Sandboxes that stay: a machine of namespaces, held by a process that does nothing.

The holder is pid 1 in there, and a shell: the smallest program on every machine that buries
orphans. Kill it, and the kernel takes everything inside with it: processes, mounts, links.
Who it is stands in a file that only its owner can write, "PID START" for each name.
"""

from __future__ import annotations

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn

from . import launch, process
from .errors import KernelError, NotFound
from .launch import DEFAULT_PATH
from .syscalls import CLONE_NEWUSER, setns
from .terminal import attend, held_back
from .userns import MACHINE, fork_machine

#: POSIX's sleep knows no "infinity"; the loop also survives someone killing the sleep.
_IDLE = "while :; do sleep 2147483647; done"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A named sandbox: the pid and start time (clock ticks since boot) of its holder."""

    name: str
    pid: int
    start: int

    @property
    def alive(self) -> bool:
        """Is it there?"""
        return process.alive(self.pid, self.start)


def ensure(name: str = "default") -> Sandbox:
    """The sandbox `name`, made now if it is not there. Raises `PreconditionError`."""
    with _locked() as directory:
        return _find(directory, name) or _make(directory, name)


def find(name: str = "default") -> Sandbox | None:
    """The sandbox `name`, or None; what is left of a dead one is cleared away."""
    with _locked() as directory:
        return _find(directory, name)


def running() -> list[Sandbox]:
    """All our sandboxes, by name."""
    with _locked() as directory:
        names = sorted(file for file in os.listdir(directory) if not file.startswith("."))
        return [sandbox for name in names if (sandbox := _find(directory, name))]


def stop(name: str = "default") -> None:
    """End a sandbox and everything in it; returns when it has gone. Raises `NotFound`."""
    with _locked() as directory:
        sandbox = _find(directory, name)
        if sandbox is None:
            raise NotFound(f"there is no sandbox {name}")
        _end(sandbox)
        os.unlink(os.path.join(directory, name))


def enter(sandbox: Sandbox) -> None:
    """Go on inside: returns in a child there, while this process waits and ends as it does.

    Only a child can be in another pid namespace. The caller must be single-threaded, since
    the kernel lets no other process change its user namespace.
    """
    directory = os.getcwd()
    sys.stdout.flush()
    sys.stderr.flush()
    _join(sandbox)
    with held_back() as release:
        child = os.fork()
        if child:
            os._exit(attend(child, release))
    os.environ["PATH"] = launch.search_path()
    with suppress(OSError):
        os.chdir(directory)


def _join(sandbox: Sandbox) -> None:
    try:
        holder = os.pidfd_open(sandbox.pid)
        try:
            setns(holder, MACHINE | _user_flag(sandbox.pid))
        finally:
            os.close(holder)
    except OSError as error:
        why = error.strerror or str(error)
        raise KernelError(f"cannot enter the sandbox {sandbox.name}", why) from error


def _user_flag(pid: int) -> int:
    """Root may have made it without a user namespace, and joining one's own is an error."""
    same = os.readlink(f"/proc/{pid}/ns/user") == os.readlink("/proc/self/ns/user")
    return 0 if same else CLONE_NEWUSER


def _find(directory: str, name: str) -> Sandbox | None:
    path = _record(directory, name)
    try:
        with open(path) as file:
            pid, start = (int(word) for word in file.read().split())
    except (FileNotFoundError, ValueError):
        return None
    sandbox = Sandbox(name, pid, start)
    if sandbox.alive:
        return sandbox
    os.unlink(path)
    return None


def _make(directory: str, name: str) -> Sandbox:
    pid = _start_holder(name)
    sandbox = Sandbox(name, pid, process.start_time(pid))
    path = _record(directory, name)
    temporary = os.path.join(directory, f".{name}")
    try:
        with open(temporary, "w") as file:
            file.write(f"{sandbox.pid} {sandbox.start}\n")
        os.rename(temporary, path)
    except OSError as error:
        _end(sandbox)
        raise KernelError(
            f"cannot record the sandbox {name}", f"{path}: {error.strerror}"
        ) from error
    return sandbox


def _end(sandbox: Sandbox) -> None:
    process.end(process.Process(sandbox.pid, sandbox.start))


def _start_holder(name: str) -> int:
    """Fork the holder, an orphan without our terminal, directory and files; its pid."""
    hear, report = os.pipe()
    middle = os.fork()
    if middle == 0:
        what = f"cannot make the sandbox {name}"
        launch.in_child(report, "holder", what, lambda: _hold(name, report))
    os.close(report)
    lines = launch.hear(hear)
    os.waitpid(middle, 0)
    pid = 0
    for _, kind, *fields in lines:
        if kind == "error":
            raise launch.told_error(*fields)
        pid = int(fields[0])
    return pid


def _hold(name: str, report: int) -> NoReturn:
    os.setsid()
    os.chdir("/")
    launch.close_others([report])
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    os.set_inheritable(report, False)
    argv = ("/bin/sh", "-c", _IDLE, f"nsnet-sandbox-{name}")

    def live() -> NoReturn:
        launch.in_child(
            report, "holder", "cannot hold", lambda: launch.execute(argv, {"PATH": DEFAULT_PATH})
        )

    launch.tell(report, f"holder\tpid\t{fork_machine(live)}")
    os._exit(0)


@contextmanager
def _locked() -> Iterator[str]:
    """Our directory of records, to ourselves."""
    directory = _directory()
    lock = os.open(os.path.join(directory, ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield directory
    finally:
        os.close(lock)


def _directory() -> str:
    """$XDG_RUNTIME_DIR/nsnet, or where that is not ours, /tmp/nsnet-UID; private either way.

    In it one directory for each pid namespace: inside a sandbox the same /tmp is seen, but
    the pids in the records made outside mean nothing (and must not be thought dead).
    """
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    path = f"{base}/nsnet" if base and _owned(base) else _in_tmp()
    inner = f"{path}/{os.stat('/proc/self/ns/pid').st_ino}"
    for each in (path, inner):
        with suppress(FileExistsError):
            os.mkdir(each, 0o700)
        if not _owned(each):
            raise KernelError(f"cannot keep records in {each}", "it is not a directory of ours")
    return inner


def _in_tmp() -> str:
    """In a user namespace we may share our number with somebody outside it, root most often:
    where /tmp/nsnet-UID is theirs, the number of the user namespace tells us apart."""
    path = f"/tmp/nsnet-{os.geteuid()}"
    theirs = os.path.lexists(path) and not _owned(path)
    return f"{path}-{os.stat('/proc/self/ns/user').st_ino}" if theirs else path


def _owned(path: str) -> bool:
    """Is it a directory that belongs to us and that nobody else can write to?"""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    private = not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and private


def _record(directory: str, name: str) -> str:
    if not name or "/" in name or name.startswith("."):
        raise KernelError(f"cannot use the sandbox name {name!r}", "it must be a plain word")
    return os.path.join(directory, name)
