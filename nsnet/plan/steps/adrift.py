"""A command whose sandbox has gone away with the container that it was shared with."""

from __future__ import annotations

from ...kernel.observe import Observed
from ...kernel.stack import Stack
from ..step import PROCESSES, Command, Step, Subject
from .process import StartProcess


class KeepProcess(Step):
    """Let the command of `step` be: it goes on where it is, with lo alone (as in Docker). When
    its sandbox is there again, `step` itself is wanted again, and restarts it in there."""

    step: StartProcess
    phase = PROCESSES

    @property
    def what(self) -> str:
        return f"keep the process that {self.step.container} has"

    @property
    def why(self) -> str:
        return (
            f"the container whose network {self.step.container} shared has stopped: it goes on, "
            "and reaches nobody (Docker: --network container:…)"
        )

    @property
    def see(self) -> str:
        return self.step.see

    @property
    def makes(self) -> tuple[Subject, ...]:
        return self.step.makes

    @property
    def identity(self) -> object:
        return self.step.identity

    def commands(self) -> tuple[Command, ...]:
        return ()

    def undo_commands(self) -> tuple[Command, ...]:
        return self.step.undo_commands()

    def apply(self, stack: Stack) -> None:
        """Nothing: it runs, or it has ended."""

    def undo(self, stack: Stack) -> None:
        self.step.undo(stack)

    def present(self, seen: Observed) -> bool:
        return True

    def removable(self, seen: Observed) -> bool:
        return self.step.removable(seen)
