"""Which names /run/netns holds, and when that changes.

A name is made in two steps (ip-netns(8)): a file, which inotify tells of, and a mount over it,
which makes /proc/…/mountinfo ready with POLLPRI (proc(5)). Both are needed: without the mount
there is no namespace yet, and the folder itself may come late.
"""

from __future__ import annotations

import os

from .. import netns
from ..inotify import IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_MOVED_FROM, IN_MOVED_TO, Folders

_PARENT = os.path.dirname(netns.DIRECTORY)
_NAMES = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF


class Names:
    """The names of namespaces, each with the inode of what it stands for (0: of nothing)."""

    def __init__(self) -> None:
        self._folders = Folders()
        self._mounts = -1
        try:
            self._mounts = os.open("/proc/thread-self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)
            self._watch()
            self.now = netns.names()
        except BaseException:
            self.close()
            raise

    def files(self) -> tuple[int, int]:
        """The one to be waited for until it can be read, the other for its POLLPRI."""
        return self._folders.fd, self._mounts

    def changed(self) -> bool:
        """Look again: is `now` another than it was?"""
        for _ in self._folders.events():
            pass
        self._watch()
        before, self.now = self.now, netns.names()
        return before != self.now

    def _watch(self) -> None:
        if not self._folders.add(netns.DIRECTORY, _NAMES):
            self._folders.add(_PARENT, IN_CREATE | IN_MOVED_TO)
            self._folders.add(netns.DIRECTORY, _NAMES)  # it may have come just now

    def close(self) -> None:
        """Give the files back."""
        os.close(self._folders.fd)
        if self._mounts >= 0:
            os.close(self._mounts)
