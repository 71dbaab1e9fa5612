"""``nsnet container``: the commands about containers by the longer names that Docker's tutorials
use (``docker container ls``)."""

from __future__ import annotations

import click

from .lazy import Lazy, LazyGroup
from .root import SECTIONS

_KNOWN = {name: lazy for section in SECTIONS.values() for name, lazy in section.items()}
_SAME = (
    *("run", "create", "start", "stop", "restart", "pause", "unpause", "kill", "wait", "rm"),
    *("rename", "attach", "exec", "logs", "port", "inspect"),
)
#: Docker's other words for the same.
_ALIASES = {"ps": "ls", "list": "ls", "remove": "rm"}


@click.group(
    cls=LazyGroup,
    aliases=_ALIASES,
    sections={
        "Commands": {
            "ls": Lazy(_KNOWN["ps"].where, "List containers, as nsnet ps."),
            **{name: _KNOWN[name] for name in _SAME},
            "prune": Lazy("prune:prune", "Remove all containers that do not run."),
        }
    },
    examples=(
        ("nsnet container ls", "the same as nsnet ps"),
        ("nsnet container stop web", "the same as nsnet stop web"),
    ),
)
def container() -> None:
    """Containers, by the longer names of Docker's tutorials: each command is the
    same without the word container.
    """
