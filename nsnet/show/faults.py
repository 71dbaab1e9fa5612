"""What a fault did, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..engine.faults import Fault
from ..plan.script import line
from .steps import Shown
from .steps import explanation as steps_explained


def explanation(steps: Iterable[tuple[str, str, Sequence[str]]]) -> str:
    """(what, why, commands) of each step that has commands, as ``--explain`` shows plans."""
    shown = [Shown("~", "Broken", what, why, tuple(lines)) for what, why, lines in steps if lines]
    return steps_explained(shown)


def data(fault: Fault) -> dict[str, object]:
    """A fault for programs."""
    commands = [line(command) for step in fault.steps for command in step.commands()]
    return {"number": fault.number, "id": fault.id, "on": fault.on, "commands": commands}
