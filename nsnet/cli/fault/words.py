"""What the commands of ``nsnet fault`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ...engine.faults import Fault


def told(fault: Fault, reveal: bool) -> dict[str, object]:
    """A fault as JSON; of a riddle no more than may be known."""
    if fault.hidden and not reveal:
        return {"number": fault.number, "id": None, "on": None, "commands": []}
    from ...show.faults import data

    return data(fault)


def kinds_typed(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The ids of faults, with their sentences."""
    from ...faults.catalogue import KINDS

    return [
        CompletionItem(kind.id, help=kind.what)
        for kind in KINDS.values()
        if kind.id.startswith(typed.upper())
    ]
