"""Named network namespaces, exactly as `ip netns` keeps them: a bind mount below /run/netns.

Sources: ip-netns(8), network_namespaces(7), iproute2's ``ip/ipnetns.c`` for the conventions.
"""

from __future__ import annotations

import contextlib
import errno
import os

from .errors import KernelError
from .syscalls import (
    CLONE_NEWNET,
    MNT_DETACH,
    MS_BIND,
    MS_REC,
    MS_SHARED,
    mount,
    setns,
    umount,
    unshare,
)

DIRECTORY = "/run/netns"

#: What the file below a namespace's mount holds: it tells our leftovers from other people's.
OURS = b"nsnet\n"

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_SELF = "/proc/thread-self/ns/net"
#: The namespace of the first process that we see: of a machine, or of a sandbox, its host.
FIRST = "/proc/1/ns/net"


def path(name: str) -> str:
    """Where the namespace `name` is found."""
    return f"{DIRECTORY}/{name}"


def open_current() -> int:
    """A file descriptor of the namespace that this thread is in."""
    return os.open(_SELF, os.O_RDONLY | os.O_CLOEXEC)


def open_named(name: str) -> int:
    """A file descriptor of the namespace `name`."""
    return os.open(path(name), os.O_RDONLY | os.O_CLOEXEC)


def enter(fd: int) -> None:
    """Move this thread into the namespace of `fd`."""
    setns(fd, CLONE_NEWNET)


def enter_at(file: str) -> None:
    """Move this thread into the namespace that `file` stands for. Raises FileNotFoundError."""
    fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter(fd)
    finally:
        os.close(fd)


def inode(name: str = "") -> int:
    """The identity of the namespace `name` (this thread's own where empty), as
    ``ls -Li /run/netns/NAME`` shows it; 0 if there is none."""
    return inode_at(path(name) if name else _SELF)


def inode_at(file: str) -> int:
    """The identity of the namespace that `file` stands for; 0 if it stands for none."""
    try:
        status = os.stat(file)
    except OSError:
        return 0
    return status.st_ino if status.st_dev == _nsfs() else 0


def _nsfs() -> int:
    return os.stat("/proc/self/ns/net").st_dev


def prepare() -> bool:
    """Make /run/netns ready as the first `ip netns add` would: a mount point that shares
    its mounts with every later mount namespace. True if it was not so before."""
    os.makedirs(DIRECTORY, mode=0o755, exist_ok=True)
    try:
        mount("", DIRECTORY, flags=MS_SHARED | MS_REC)
        return False
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    mount(DIRECTORY, DIRECTORY, flags=MS_BIND | MS_REC)
    mount("", DIRECTORY, flags=MS_SHARED | MS_REC)
    return True


def unprepare() -> None:
    """Undo `prepare`, unless somebody's namespace is still in there."""
    with contextlib.suppress(OSError):
        if not os.listdir(DIRECTORY):
            umount(DIRECTORY)
            os.rmdir(DIRECTORY)


def unshare_network() -> None:
    """Put this thread into a new, empty network namespace."""
    unshare(CLONE_NEWNET)


def pin(name: str, source: str = _SELF) -> None:
    """Give the namespace at `source` (this thread's) the name `name`.

    Raises `KernelError` if the name is taken.
    """
    target = path(name)
    try:
        _reserve(target)
    except FileExistsError:
        raise KernelError(
            f"cannot create namespace {name}", "the name is in use", "ip netns list"
        ) from None
    try:
        mount(source, target, "none", MS_BIND)
    except OSError:
        os.unlink(target)
        raise


def _reserve(target: str) -> None:
    """Make the file that the mount covers. It gets its name when it already holds the word that
    it is ours (open(2), O_TMPFILE): whenever we are killed, `is_our_orphan` can tell."""
    nameless = _nameless()
    fd = os.open(target, _NEW, 0o444) if nameless is None else nameless
    try:
        os.write(fd, OURS)
        if nameless is not None:
            # Any descriptor here makes Python use linkat(2), which can follow the link in /proc.
            os.link(f"/proc/self/fd/{fd}", target, src_dir_fd=fd, follow_symlinks=True)
    finally:
        os.close(fd)


def _nameless() -> int | None:
    """A file without a name, where the filesystem has such (tmpfs, as /run is, does)."""
    try:
        return os.open(DIRECTORY, os.O_WRONLY | os.O_TMPFILE | os.O_CLOEXEC, 0o444)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR):
            raise
    return None


def unpin(name: str) -> None:
    """Remove a name, as ``ip netns del``; the namespace goes when its last user does.

    Raises FileNotFoundError if there is no such name.
    """
    target = path(name)
    try:
        umount(target, MNT_DETACH)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOENT):
            raise
    os.unlink(target)


def names() -> dict[str, int]:
    """Every named namespace with its inode; a name that holds no namespace (its mount is
    gone, or was never made) has inode 0."""
    try:
        entries = os.listdir(DIRECTORY)
    except FileNotFoundError:
        return {}
    nsfs = _nsfs()
    found = {}
    for name in sorted(entries):
        try:
            status = os.stat(f"{DIRECTORY}/{name}")
        except OSError:
            continue
        found[name] = status.st_ino if status.st_dev == nsfs else 0
    return found


def is_our_orphan(name: str) -> bool:
    """Is `name` a plain file that `pin` left behind without its mount?"""
    try:
        with open(path(name), "rb") as file:
            return file.read(16) == OURS
    except OSError:
        return False
