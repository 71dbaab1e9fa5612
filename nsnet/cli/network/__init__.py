"""``nsnet network``: networks made and changed by single commands."""

from __future__ import annotations

import click

from ..lazy import Lazy, LazyGroup

#: Docker's other words for the same.
_ALIASES = {"remove": "rm", "list": "ls"}


@click.group(
    cls=LazyGroup,
    aliases=_ALIASES,
    sections={
        "Commands": {
            "create": Lazy("network.create:create", "Make a network."),
            "connect": Lazy("network.connect:connect", "Plug a container into a network."),
            "disconnect": Lazy("network.disconnect:disconnect", "Take a container off a network."),
            "ls": Lazy("network.ls:ls", "List networks."),
            "inspect": Lazy("network.inspect:inspect", "Show everything about networks."),
            "rm": Lazy("network.rm:rm", "Remove networks."),
            "prune": Lazy("network.prune:prune", "Remove all networks that nobody is on."),
        }
    },
    examples=(
        ("nsnet network create front", "a bridge with a subnet of its own"),
        ("nsnet run -d --name web --network front nginx", "a container on it"),
        ("nsnet network connect back web", "and on a second one"),
        ("nsnet network rm front", "gone, with its bridge and its rules"),
    ),
)
def network() -> None:
    """Networks: made, joined, left and removed while everything runs."""
