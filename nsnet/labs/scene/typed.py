"""A step that is done by typing its command."""

from __future__ import annotations

import shlex

from ...kernel.observe import Observed
from ...kernel.shell import run
from ...kernel.stack import Stack
from ...plan.step import LINKS, Command, Step


class Typed(Step):
    """One command, as a person would type it. It has no inverse of its own: a scene goes with its
    sandbox, or with all that has appeared since (`labs.session`)."""

    line: str
    reason: str = ""
    phase = LINKS

    @property
    def what(self) -> str:
        return f"run {self.line.splitlines()[0][:60]}"

    @property
    def why(self) -> str:
        return self.reason or "part of the scene"

    def commands(self) -> tuple[Command, ...]:
        return (tuple(shlex.split(self.line)),)

    def undo_commands(self) -> tuple[Command, ...]:
        return ()

    def apply(self, stack: Stack) -> None:
        stack.enter("")
        run((self,))

    def undo(self, stack: Stack) -> None:
        """Nothing: see above."""

    def present(self, seen: Observed) -> bool:
        return False
