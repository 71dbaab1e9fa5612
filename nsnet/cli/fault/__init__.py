"""``nsnet fault``: things broken on purpose, for learning to find what is wrong."""

from __future__ import annotations

import click

from ..lazy import Lazy, LazyGroup

#: Other words for the same.
_ALIASES = {"list": "ls", "rm": "clear", "mend": "clear"}


@click.group(
    cls=LazyGroup,
    aliases=_ALIASES,
    sections={
        "Commands": {
            "inject": Lazy("fault.inject:inject", "Break a thing."),
            "ls": Lazy("fault.ls:ls", "List what is broken."),
            "clear": Lazy("fault.clear:clear", "Mend it: everything is as it was before."),
            "kinds": Lazy("fault.kinds:kinds", "List what can be broken."),
        }
    },
    examples=(
        ("nsnet fault inject NAT.NO_MASQ", "the first network that it fits"),
        ("nsnet fault inject L3.NO_DEFAULT web", "a container of your choice"),
        ("nsnet fault inject --random", "a riddle: find it with nsnet why"),
        ("nsnet fault clear", "all is well again"),
    ),
)
def fault() -> None:
    """Break a thing on purpose: `nsnet why` finds it, `nsnet fault clear` mends it.

    It works on what nsnet made, and on namespaces made by hand.
    """
