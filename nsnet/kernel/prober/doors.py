"""The ways into the senders' namespaces, for the time of some questions."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .. import netns
from ..errors import PreconditionError
from ..stack import Stack


class Doors:
    """Moves the thread from namespace to namespace, and home at the end."""

    def __init__(self, stack: Stack, paths: Mapping[str, str]) -> None:
        self._stack, self._paths = stack, paths
        self._fds: dict[str, int] = {}
        self._where = ""

    def __enter__(self) -> Doors:
        self._stack.enter("")
        return self

    def __exit__(self, *_: object) -> None:
        self.enter("")
        for fd in self._fds.values():
            os.close(fd)

    def enter(self, key: str) -> None:
        """Be in the namespace `key`. Raises OSError if there is none, `PreconditionError` where
        it is not for this user."""
        if key == self._where:
            return
        try:
            netns.enter(self._fd(key))
        except PermissionError:
            raise forbidden(key) from None
        self._where = key

    def _fd(self, key: str) -> int:
        if not key:
            return self._stack.netns_fd("")
        if key not in self._fds:
            path = self._paths.get(key) or netns.path(key)
            self._fds[key] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return self._fds[key]


def forbidden(key: str) -> PreconditionError:
    """The error for a user who may not send from `key`."""
    why = "only root may: run it as `sudo nsnet …`, or in a sandbox (`--sandbox`)"
    return PreconditionError(f"cannot send a packet from {key or 'host'}", why)
