"""Knowing when files come and go: inotify(7), for which Python has no module."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator

IN_CREATE, IN_DELETE, IN_MOVED_FROM, IN_MOVED_TO = 0x100, 0x200, 0x40, 0x80
IN_CLOSE_WRITE, IN_DELETE_SELF, IN_MOVE_SELF = 0x8, 0x400, 0x800
IN_UNMOUNT, IN_Q_OVERFLOW, IN_IGNORED = 0x2000, 0x4000, 0x8000
_IN_ONLYDIR = 0x01000000

_libc = ctypes.CDLL(None, use_errno=True)


class Folders:
    """Folders whose changes are told: an inotify instance, to be read when it is ready."""

    def __init__(self) -> None:
        self.fd: int = _libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._folders: dict[int, str] = {}

    def add(self, folder: str, mask: int) -> bool:
        """Watch a folder; False if there is none."""
        if folder in self._folders.values():
            return True
        number = _libc.inotify_add_watch(self.fd, os.fsencode(folder), mask | _IN_ONLYDIR)
        if number >= 0:
            self._folders[number] = folder
        return bool(number >= 0)

    def events(self) -> Iterator[tuple[str, int, str]]:
        """What has happened: folder ("" if events were lost), mask and the name in it."""
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            number, mask, _, length = struct.unpack_from("iIII", data, at)
            name = os.fsdecode(data[at + 16 : at + 16 + length].rstrip(b"\0"))
            at += 16 + length
            folder = self._folders.get(number, "")
            if mask & IN_IGNORED:
                self._folders.pop(number, None)
            yield folder, mask, name
