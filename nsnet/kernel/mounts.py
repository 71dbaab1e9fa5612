"""What a mount namespace of our own needs: a fresh /proc and /sys, and files laid over others.

Every function works on the mount namespace of the calling process and needs CAP_SYS_ADMIN in
the user namespace that owns it. Call `detach` first, or the mounts reach the machine.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from . import netns
from .syscalls import (
    MNT_DETACH,
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_REC,
    MS_SLAVE,
    mount,
    umount,
)

#: Where what is written to /etc goes, if that is an overlay of our own.
UPPER_ETC = "/run/.etc/upper"
#: The same for /tmp.
UPPER_TMP = "/run/.tmp/upper"

_INERT = MS_NOSUID | MS_NODEV | MS_NOEXEC

#: The kernel's answers when a user namespace may not have a file system of its own: EPERM
#: where the machine's own /proc or /sys is partly covered (as inside Docker), ENODEV where
#: the kernel lacks it, EBUSY/EINVAL from older kernels' overlay.
_REFUSALS = (errno.EPERM, errno.EACCES, errno.ENODEV, errno.EINVAL, errno.EBUSY, errno.ENOENT)


def detach() -> None:
    """Stop telling the machine of our mounts, but keep hearing of its own.

    Slave, not private: a namespace file that is unmounted from /run/netns outside must go
    here too, or this mount namespace would keep the network namespace alive.
    """
    try:
        mount("", "/", flags=MS_REC | MS_SLAVE)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        _detach_from_chroot()


def _detach_from_chroot() -> None:
    """In a chroot "/" is not where anything is mounted: only from the real root can the mount
    be told, and root may go there and come back."""
    below = os.open("/", os.O_PATH | os.O_CLOEXEC)
    try:
        os.chroot("/proc")
        os.fchdir(below)
        while not os.path.samefile(".", ".."):
            os.chdir("..")
        os.chroot(".")
        mount("", "/", flags=MS_REC | MS_SLAVE)
    finally:
        os.fchdir(below)
        os.chroot(".")
        os.close(below)


def mount_proc() -> bool:
    """Show this pid namespace in /proc. False when the kernel refuses."""
    return _try_mount("proc", "/proc", "proc", _INERT)


def mount_sys() -> bool:
    """Show this network namespace in /sys/class/net. False when the kernel refuses.

    A new sysfs comes without the control groups; they are carried over, since programs that
    size themselves by them would otherwise not start (``ip netns exec`` loses them).
    """
    groups = _open_path("/sys/fs/cgroup")
    try:
        done = _try_mount("sysfs", "/sys", "sysfs", _INERT)
        if done and groups >= 0:
            _try_mount(f"/proc/self/fd/{groups}", "/sys/fs/cgroup", "", MS_BIND | MS_REC)
        return done
    finally:
        if groups >= 0:
            os.close(groups)


def bind_files(files: Iterable[tuple[str, str]]) -> None:
    """Lay each source file over its target: ``("/etc/hosts", "/run/…/hosts")``.

    A target that does not exist is passed over: there is nothing to lay it on, and creating
    one would change the machine's disk. A missing source raises `OSError`.
    """
    for target, source in files:
        if os.path.exists(target):
            mount(source, target, flags=MS_BIND)


def mount_run() -> None:
    """An empty /run, with a /run/netns in it that ``ip netns`` accepts as its own."""
    mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    netns.prepare()


def mount_etc() -> bool:
    """Make /etc writable without changing the machine's: an overlay kept in memory.

    Needs `mount_run` before it. Where the kernel has no overlay for user namespaces (before
    5.11), only /etc/netns becomes writable, if it exists; False when not even that.
    """
    upper, work = UPPER_ETC, "/run/.etc/work"
    os.makedirs(upper, 0o755)
    os.makedirs(work, 0o755)
    layers = f"lowerdir=/etc,upperdir={upper},workdir={work}"
    for options in (f"{layers},userxattr", layers):
        if _try_mount("overlay", "/etc", "overlay", MS_NOSUID | MS_NODEV, options):
            os.makedirs("/etc/netns", 0o755, exist_ok=True)
            _mend_resolv_conf()
            return True
    return _try_mount("tmpfs", "/etc/netns", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")


def cover_tmp() -> bool:
    """Keep what is written to /tmp in memory (`UPPER_TMP`), over what is there. Needs `mount_run`
    before it; False where the kernel has no overlay for that."""
    work = "/run/.tmp/work"
    os.makedirs(UPPER_TMP, 0o1777)
    os.makedirs(work, 0o755)
    os.chmod(UPPER_TMP, 0o1777)
    layers = f"lowerdir=/tmp,upperdir={UPPER_TMP},workdir={work}"
    return any(
        _try_mount("overlay", "/tmp", "overlay", MS_NOSUID | MS_NODEV, options)
        for options in (f"{layers},userxattr", layers)
    )


def make_executable(folder: str) -> None:
    """Make a folder whose programs can be started. Debian's /run, for one, allows none (noexec):
    there a file system of its own is laid over it. `uncover` takes that away again."""
    os.makedirs(folder, 0o755, exist_ok=True)
    if os.statvfs(folder).f_flag & os.ST_NOEXEC:
        mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")


def uncover(folder: str) -> None:
    """Undo `make_executable`, even if somebody is in there. No error if nothing was laid over."""
    if os.path.ismount(folder):
        umount(folder, MNT_DETACH)


def _mend_resolv_conf() -> None:
    """Where systemd-resolved is at home /etc/resolv.conf points into /run, now empty: without
    a file there, a container's own could not be laid over it."""
    path = "/etc/resolv.conf"
    if os.path.islink(path) and not os.path.exists(path):
        os.unlink(path)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644))


def _try_mount(source: str, target: str, fstype: str, flags: int, data: str = "") -> bool:
    try:
        mount(source, target, fstype, flags, data)
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        return False
    return True


def _open_path(path: str) -> int:
    try:
        return os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return -1
