"""From the steps of a plan to what is shown of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..show.steps import Shown

if TYPE_CHECKING:
    from ..plan.diff import Change

_AWAY = "Taken away"


def shown(changes: Iterable[Change]) -> list[Shown]:
    """The changes with the titles of their phases and their commands as lines."""
    from ..plan.script import line
    from ..plan.step import TITLES

    return [
        Shown(
            each.sign,
            _AWAY if each.sign == "-" else TITLES.get(each.step.phase, _AWAY),
            each.step.what,
            each.step.why,
            tuple(line(command) for command in each.step.commands()),
        )
        for each in changes
    ]
