"""The system calls that Python 3.11 has no name for, through libc.

Each one raises `OSError` with the kernel's errno and, as its filename, the call as a person
would read it (``unshare(CLONE_NEWNET)``), so that an unexpected failure explains itself.
Python has ``os.unshare`` and ``os.setns`` since 3.12 only; the numbers are the kernel's ABI
(include/uapi/linux/sched.h, mount.h and prctl.h) and the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_MOVE = 0x2000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MS_SLAVE = 0x80000
MS_SHARED = 0x100000

MNT_DETACH = 0x2

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36

#: A namespace's name under /proc/PID/ns, for every flag that `unshare` and `setns` take.
NAMESPACES = {
    CLONE_NEWUSER: "user",
    CLONE_NEWNET: "net",
    CLONE_NEWIPC: "ipc",
    CLONE_NEWUTS: "uts",
    CLONE_NEWPID: "pid",
    CLONE_NEWNS: "mnt",
    CLONE_NEWCGROUP: "cgroup",
}

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = (
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_char_p,
)
_libc.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags`; each is replaced by a new one."""
    _check(_libc.unshare(flags), lambda: f"unshare({flag_names(flags)})")


def setns(fd: int, flags: int = 0) -> None:
    """Join the namespace(s) that `fd` stands for: a nsfs file, or a pidfd with `flags`."""
    _check(_libc.setns(fd, flags), lambda: f"setns({_fd_name(fd)}, {flag_names(flags)})")


def mount(source: str, target: str, fstype: str = "", flags: int = 0, data: str = "") -> None:
    """Mount `source` at `target`; an empty `fstype` or `data` is passed as NULL."""
    result = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        fstype.encode() or None,
        flags,
        os.fsencode(data) or None,
    )
    _check(result, lambda: f"mount({fstype or source} on {target})")


def umount(target: str, flags: int = 0) -> None:
    """Unmount what is mounted last at `target`."""
    _check(_libc.umount2(os.fsencode(target), flags), lambda: f"umount({target})")


def prctl(option: int, argument: int | bytes = 0) -> None:
    """Set an attribute of this process: `PR_SET_NAME` and its like."""
    if isinstance(argument, bytes):
        text = ctypes.create_string_buffer(argument)
        argument = ctypes.addressof(text)
    _check(_libc.prctl(option, argument, 0, 0, 0), lambda: f"prctl({option})")


def sethostname(name: str) -> None:
    """Name this UTS namespace. (`socket.sethostname` exists, but importing it costs more.)"""
    raw = name.encode()
    _check(_libc.sethostname(raw, len(raw)), lambda: f"sethostname({name})")


def flag_names(flags: int) -> str:
    """The namespaces in `flags` as words: ``net+mnt``."""
    return "+".join(name for flag, name in NAMESPACES.items() if flags & flag) or str(flags)


def _fd_name(fd: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return f"fd {fd}"


def _check(result: int, call: Callable[[], str]) -> None:
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), call())
