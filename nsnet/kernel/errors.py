"""What the kernel room raises: one line that a user can act on, and the exit code it stands for."""

from __future__ import annotations


class KernelError(Exception):
    """Something that the kernel refused, told as "what: why (see: command)".

    `what` says what was tried and on which value, `why` what the kernel answered in a
    learner's words, `see` the command that shows it.
    """

    exit_code = 1

    def __init__(self, what: str, why: str = "", see: str = "") -> None:
        super().__init__(what, why, see)
        self.what, self.why, self.see = what, why, see

    def __str__(self) -> str:
        reason = f": {self.why}" if self.why else ""
        return f"{self.what}{reason}" + (f" (see: {self.see})" if self.see else "")


class PreconditionError(KernelError):
    """The machine lacks something that is needed: a right, a tool, a kernel feature."""

    exit_code = 4


class NotFound(KernelError):
    """What the user named does not exist."""

    exit_code = 5


class SpawnError(KernelError):
    """A command that could not be started: exit code 127 (not found) or 126 (not runnable)."""

    def __init__(self, what: str, why: str = "", see: str = "", exit_code: int = 126) -> None:
        super().__init__(what, why, see)
        self.args = (what, why, see, exit_code)
        self.exit_code = exit_code
