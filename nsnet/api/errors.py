"""What the API raises of its own; everything else comes as the engine raised it."""

from __future__ import annotations

import shlex
from typing import Any

from ..kernel.errors import KernelError, NotFound
from .completed import Completed, readable


class CommandFailed(KernelError):
    """A command that `exec` was told to check ended with another status than 0.

    >>> raise CommandFailed("web", ("ip", "link", "show", "x"), Completed("", "no x\\n", 1))
    Traceback (most recent call last):
    nsnet.api.errors.CommandFailed: web: `ip link show x` failed with status 1: no x
    """

    def __init__(self, place: str, command: tuple[str, ...], completed: Completed[Any]) -> None:
        words = readable(completed.stderr).strip() or readable(completed.stdout).strip()
        what = f"{place}: `{shlex.join(command)}` failed with status {completed.status}"
        super().__init__(what, words)
        self.command, self.completed = command, completed

    @property
    def status(self) -> int:
        """Its exit status."""
        return self.completed.status

    @property
    def stdout(self) -> Any:
        """What it wrote to standard output."""
        return self.completed.stdout

    @property
    def stderr(self) -> Any:
        """What it wrote to standard error."""
        return self.completed.stderr


class CommandTimeout(KernelError):
    """A command that took longer than it was given, and was killed. `completed` has what it
    had written until then.

    >>> raise CommandTimeout("web", ("sleep", "9"), 0.5, Completed("", "", 137))
    Traceback (most recent call last):
    nsnet.api.errors.CommandTimeout: web: `sleep 9` was killed: it took longer than 0.5 s
    """

    exit_code = 124

    def __init__(
        self, place: str, command: tuple[str, ...], timeout: float, completed: Completed[Any]
    ) -> None:
        what = f"{place}: `{shlex.join(command)}` was killed"
        super().__init__(what, f"it took longer than {timeout:g} s")
        self.command, self.timeout, self.completed = command, timeout, completed


class Unreachable(KernelError):
    """Nobody answered: refused, no route, or silence.

    >>> raise Unreachable("web cannot get http://172.17.0.3/", "Connection refused")
    Traceback (most recent call last):
    nsnet.api.errors.Unreachable: web cannot get http://172.17.0.3/: Connection refused
    """


class UnknownName(NotFound):
    """The name server says that there is no such name, or that it has no address.

    >>> raise UnknownName("web cannot resolve dbb", "127.0.0.11 knows no such name (NXDOMAIN)")
    Traceback (most recent call last):
    nsnet.api.errors.UnknownName: web cannot resolve dbb: 127.0.0.11 knows no such name (NXDOMAIN)
    """
