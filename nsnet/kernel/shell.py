"""The shell executor: runs each step's own commands, one process each, as a person would.

Slow, and proof that the commands which are shown are the commands that do it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Protocol

from .errors import KernelError


class Typed(Protocol):
    """A step as this executor sees it."""

    @property
    def what(self) -> str:
        """Verb and object."""

    def commands(self) -> tuple[tuple[str, ...], ...]:
        """What a person would type."""


def run(steps: Sequence[Typed]) -> None:
    """Run the commands of `steps` in order. Raises `KernelError` at the first that fails."""
    for step in steps:
        for command in step.commands():
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode:
                said = (done.stderr or done.stdout).strip().splitlines()
                raise KernelError(
                    f"cannot {step.what}",
                    said[-1] if said else f"exit status {done.returncode}",
                    " ".join(command),
                )
