"""A machine of our own without being root: new namespaces of every kind, owned by a new user
namespace in which we are root.

For root the way is the same, so that tests mean the same; root's user namespace maps every
id, an ordinary user's only their own (more needs newuidmap and /etc/subuid).
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Callable
from typing import NoReturn

from . import mounts
from .errors import PreconditionError
from .launch import search_path
from .syscalls import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    unshare,
)

#: Everything that makes a machine, but for the user namespace that owns it.
MACHINE = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS

#: Settings that forbid user namespaces: name, the forbidding value, one that allows them,
#: and whether root is bound by it too.
_SWITCHES = (
    ("user.max_user_namespaces", "0", "15000", True),
    ("kernel.unprivileged_userns_clone", "0", "1", False),
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0", False),
)

_WHAT = "cannot make a sandbox"

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1


def fork_machine(live: Callable[[], NoReturn]) -> int:
    """Fork pid 1 of a new machine, which is set up and then does `live`; returns its pid.

    The calling process must be single-threaded and expendable: it stays root of the new user
    namespace, in the new network, with the old mounts' names. Raises `PreconditionError`.
    """
    try:
        _leave()
        pid = os.fork()
        if pid == 0:
            _settle()
            live()
        return pid
    except OSError as error:
        raise explain(error) from error


def explain(error: OSError, settings: str = "/proc/sys") -> PreconditionError:
    """Which setting forbids it, and the command that changes that."""
    for name, forbidding, allowing, binds_root in _SWITCHES:
        binding = binds_root or os.geteuid() != 0
        if binding and _read(f"{settings}/{name.replace('.', '/')}") == forbidding:
            remedy = f"to allow it: sudo sysctl -w {name}={allowing}"
            return PreconditionError(_WHAT, f"{name}={forbidding} forbids it; {remedy}")
    why = f"the kernel refused {error.filename or 'its set-up'} ({error.strerror})"
    if error.errno in (errno.EPERM, errno.EACCES):
        why += "; inside a container or a chroot, run nsnet as root without a sandbox"
    return PreconditionError(_WHAT, why)


def _leave() -> None:
    """Unshare everything. The ids are mapped by a child that stays behind, for only from
    outside may root map more than itself."""
    uid, gid = os.geteuid(), os.getegid()
    wait, go = os.pipe()
    me = os.getpid()
    mapper = os.fork()
    if mapper == 0:
        os.close(go)
        _map_ids(me, uid, gid, wait)
    os.close(wait)
    with_user = _unshare(uid)
    os.write(go, b"1" if with_user else b"0")
    os.close(go)
    if os.waitstatus_to_exitcode(os.waitpid(mapper, 0)[1]) != 0:
        raise OSError(errno.EPERM, "not permitted", f"/proc/{me}/uid_map")


def _unshare(uid: int) -> bool:
    """True with a user namespace; False without, where root may not have one (a chroot)."""
    try:
        unshare(CLONE_NEWUSER | MACHINE)
        return True
    except OSError as error:
        if uid != 0 or error.errno != errno.EPERM:
            raise
    unshare(MACHINE)
    return False


def _map_ids(pid: int, uid: int, gid: int, wait: int) -> NoReturn:
    code = 1
    try:
        if os.read(wait, 1) == b"1":
            if uid != 0:
                _write(f"/proc/{pid}/setgroups", "deny")
            _write(f"/proc/{pid}/uid_map", _every_id("uid") if uid == 0 else f"0 {uid} 1")
            _write(f"/proc/{pid}/gid_map", _every_id("gid") if uid == 0 else f"0 {gid} 1")
        code = 0
    finally:
        os._exit(code)


def _every_id(kind: str) -> str:
    """The map that leaves all ids of our own user namespace as they are. (It need not be the
    machine's: a test's root may itself be an ordinary user outside.)"""
    with open(f"/proc/self/{kind}_map") as file:
        ranges = [line.split() for line in file]
    return "".join(f"{first} {first} {count}\n" for first, _, count in ranges)


def _settle() -> None:
    """What a machine needs: /proc, /sys, /run and /etc of its own, a loopback, and that root's
    programs are found."""
    mounts.detach()
    mounts.mount_proc()
    mounts.mount_sys()
    mounts.mount_run()
    mounts.mount_etc()
    _loopback_up()
    os.environ["PATH"] = search_path()


def _loopback_up() -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def _read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return ""


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)
