"""The commands that show what a rung speaks of."""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import IfAddress, Interface


def at(survey: Survey, key: str, command: str) -> str:
    """The command as it is typed on the host to run in a namespace. ``ip`` has a shorter way."""
    space = survey.spaces().get(key)
    if space is None or not key:
        return command
    if command.startswith("ip ") and not key.startswith("pid:"):
        return f"ip -n {key} {command[3:]}"
    return f"{space.prefix}{command}"


def label(survey: Survey, key: str) -> str:
    """What people call a namespace."""
    space = survey.spaces().get(key)
    return space.label if space else key or "host"


def addresses_of(survey: Survey, one: Interface) -> list[IfAddress]:
    """The addresses of one interface."""
    return [each for each in survey.addresses(one.space) if each.device == one.name]
