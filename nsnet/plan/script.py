"""A plan as a POSIX shell script: what `up` would do, in commands that a person can type."""

from __future__ import annotations

from collections.abc import Sequence

from ..topology.layout import Layout
from .diff import Change
from .step import TITLES, Command, Step, shell

_HEADER = """\
#!/bin/sh
# {name}: {count} steps, made by nsnet.
# Run as root on the host that it was made for, with `sudo sh`.
set -eu
"""


def render(layout: Layout, changes: Sequence[Change]) -> str:
    """A script that makes every change of a plan, with the reason above each command."""
    lines = [_HEADER.format(name=layout.name, count=len(changes))]
    title = ""
    for change in changes:
        heading = _title(change.step)
        if heading != title:
            lines.append(f"\n# --- {heading}\n")
            title = heading
        lines.append(f"# {change.step.why}")
        lines += [line(command) for command in change.step.commands()]
    return "\n".join(lines) + "\n"


def line(command: Command) -> str:
    """One command as a line of the script; a shell snippet stands as it is."""
    if command[:2] == ("sh", "-c") and len(command) == 3:
        return command[2]
    return shell(command)


def _title(step: Step) -> str:
    return TITLES.get(step.phase, "Taking away what is not wanted any more")
