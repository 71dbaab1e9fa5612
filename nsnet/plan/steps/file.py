"""Steps about the files that a container finds under /etc.

They live under /run/nsnet; `/etc/netns/NAME` is a symbolic link to them, and `ip netns exec
NAME` lays what it finds there over /etc (ip-netns(8)). So names work in commands that are
typed by hand, too.
"""

from __future__ import annotations

import os

from ...kernel import files
from ...kernel.observe import Observed, file_text, link_target
from ...kernel.stack import Stack
from ..step import FILES, Command, Step, quoted

ETC_NETNS = "/etc/netns"


class WriteFile(Step):
    """One file of a container (``hosts``, ``hostname``, ``resolv.conf``)."""

    container: str
    path: str
    text: str
    phase = FILES

    @property
    def what(self) -> str:
        return f"write {self.path}"

    @property
    def why(self) -> str:
        name = os.path.basename(self.path)
        return f"{self.container} finds it as its /etc/{name} (Docker mounts its own there, too)"

    @property
    def see(self) -> str:
        return f"cat {self.path}"

    @property
    def identity(self) -> object:
        return ("file", self.path)

    def commands(self) -> tuple[Command, ...]:
        script = f"printf %s {quoted(self.text)} > {quoted(self.path)}"
        return (("mkdir", "-p", os.path.dirname(self.path)), ("sh", "-c", script))

    def undo_commands(self) -> tuple[Command, ...]:
        return (("rm", "-f", self.path),)

    def apply(self, stack: Stack) -> None:
        files.rewrite(self.path, self.text)

    def undo(self, stack: Stack) -> None:
        files.remove(self.path)

    def present(self, seen: Observed) -> bool:
        return file_text(self.path) == self.text

    def removable(self, seen: Observed) -> bool:
        return os.path.exists(self.path)


class LinkEtc(Step):
    """`/etc/netns/NAME` → the container's files."""

    container: str
    target: str
    phase = FILES

    @property
    def path(self) -> str:
        """Where `ip netns exec` looks."""
        return f"{ETC_NETNS}/{self.container}"

    @property
    def what(self) -> str:
        return f"link {self.path}"

    @property
    def why(self) -> str:
        return f"`ip netns exec {self.container} …` lays the files found there over /etc"

    @property
    def see(self) -> str:
        return f"ls -l {self.path}"

    @property
    def identity(self) -> object:
        return ("etc", self.container)

    def commands(self) -> tuple[Command, ...]:
        return (("mkdir", "-p", ETC_NETNS), ("ln", "-sfn", self.target, self.path))

    def undo_commands(self) -> tuple[Command, ...]:
        return (("rm", "-f", self.path),)

    def apply(self, stack: Stack) -> None:
        files.symlink(self.target, self.path)

    def undo(self, stack: Stack) -> None:
        files.unlink_and_tidy(self.path)

    def present(self, seen: Observed) -> bool:
        return link_target(self.path) == self.target

    def conflict(self, seen: Observed) -> str:
        target = link_target(self.path)
        if (target or "").startswith("/run/nsnet/") or not os.path.lexists(self.path):
            return ""
        return (
            f"{self.path}: nsnet did not make it, and needs it for {self.container}: "
            f"move it away (see: ls -la {self.path})"
        )
