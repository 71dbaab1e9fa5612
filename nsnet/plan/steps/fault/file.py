"""Faults of files: what a container finds as its resolv.conf."""

from __future__ import annotations

import os

from ....kernel import files
from ....kernel.stack import Stack
from ...step import Command
from .base import FaultStep


class Rewrite(FaultStep):
    """A file with another text. `old` is what it was, None if there was none; `space` the
    namespace that reads it."""

    path: str
    text: str
    old: str | None

    outlives = True
    reason = "names are asked where this file says (Docker: /etc/resolv.conf, 127.0.0.11)"

    @property
    def what(self) -> str:
        return f"write {self.text.strip()!r} into {self.path}"

    def commands(self) -> tuple[Command, ...]:
        return (("sh", "-c", f"printf '%s' '{self.text}' > {self.path}"),)

    def undo_commands(self) -> tuple[Command, ...]:
        if self.old is None:
            return (("rm", self.path),)
        return (("sh", "-c", f"printf '%s' '{self.old}' > {self.path}"),)

    def apply(self, stack: Stack) -> None:
        files.rewrite(self.path, self.text)

    def undo(self, stack: Stack) -> None:
        try:
            with open(self.path, encoding="utf-8") as file:
                now = file.read()
        except OSError:
            return
        if now != self.text:
            return  # somebody has mended it
        if self.old is None:
            files.remove(self.path)
        else:
            files.rewrite(os.path.realpath(self.path), self.old)
