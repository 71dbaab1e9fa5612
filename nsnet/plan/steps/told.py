"""Files by which the resolver's process is told what to do, one for each container or port."""

from __future__ import annotations

import os

from ...kernel.observe import Observed, file_text
from ..step import FILES, Command, Step, quoted


class TellResolver(Step):
    """The part that these files share. A file is replaced in one piece, so that the resolver
    never reads half of one; its folder stays, for the end of that would be the resolver's."""

    phase = FILES

    @property
    def path(self) -> str:
        """The file."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What is in it."""
        raise NotImplementedError

    def commands(self) -> tuple[Command, ...]:
        path = quoted(self.path)
        draft = quoted(f"{self.path}.new")
        script = f"printf %s {quoted(self.text)} > {draft} && mv {draft} {path}"
        return (("mkdir", "-p", os.path.dirname(self.path)), ("sh", "-c", script))

    def undo_commands(self) -> tuple[Command, ...]:
        return (("rm", "-f", self.path),)

    def present(self, seen: Observed) -> bool:
        return file_text(self.path) == self.text

    def removable(self, seen: Observed) -> bool:
        return os.path.exists(self.path)
