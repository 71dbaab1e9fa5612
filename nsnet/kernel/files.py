"""Small files and links, written so that a reader never sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os

from .errors import KernelError


def write(path: str, text: str, mode: int = 0o644) -> None:
    """Write `path` in one piece (a new file that replaces the old), making its folders.

    Raises `KernelError` where the disk is full or not writable.
    """
    draft = f"{path}.{os.getpid()}.new"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        try:
            data = text.encode()
            while data:
                data = data[os.write(fd, data) :]
        finally:
            os.close(fd)
        os.replace(draft, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        why = os.strerror(error.errno or 0)
        raise KernelError(f"cannot write {path}", why, f"df -h {os.path.dirname(path)}") from None


def rewrite(path: str, text: str) -> None:
    """Change `path` where it is, or make it. What is mounted elsewhere (a container's
    /etc/hosts) shows the change only if the file stays the same one; so does Docker. A reader
    in the very moment may see the end of the old text after the new.

    Raises `KernelError` as `write`.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
    data = text.encode()
    try:
        try:
            fd = os.open(path, flags, 0o644)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            fd = os.open(path, flags, 0o644)
        try:
            if os.pwrite(fd, data, 0) < len(data):
                raise OSError(errno.ENOSPC, "")
            os.ftruncate(fd, len(data))
        finally:
            os.close(fd)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise KernelError(f"cannot write {path}", why, f"df -h {os.path.dirname(path)}") from None


def remove_only(path: str) -> None:
    """Remove a file. No error if there is none."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def remove(path: str) -> None:
    """Remove a file, and its folder if that is empty now. No error if there is none."""
    remove_only(path)
    with contextlib.suppress(OSError):
        os.rmdir(os.path.dirname(path))


def symlink(target: str, path: str) -> None:
    """Point the symbolic link `path` at `target`, whatever it pointed at before. Without a
    draft beside it: a kill would leave that where nobody looks for it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(path):
        os.unlink(path)
    os.symlink(target, path)


def unlink_and_tidy(path: str) -> None:
    """Remove a symbolic link, and the folder it was in if that is empty now."""
    if os.path.islink(path):
        remove(path)
