"""What `up` tells when it is done: what was made, what to try, how to end it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ..topology.layout import Layout
from ..topology.model import Topology
from . import paint, words
from .tree import tree

_WIDTH = 78


def account(layout: Layout, headline: str, down: str, inside: str = "") -> str:
    """The whole text. `down` is the command that ends it; `inside` the one that opens the
    sandbox in which the commands to try work, empty on the machine itself."""
    lines = [headline, "", *tree(layout), ""]
    lines += _notes(layout)
    lines += _tries(layout.topology, inside)
    return "\n".join([*lines, f"Take it down:  {paint.command(down)}"])


def made(layout: Layout) -> str:
    """``3 containers, 1 network``."""
    containers = words.count(len(layout.topology.containers), "container")
    return f"{containers}, {words.count(len(layout.segments), 'network')}"


def _notes(layout: Layout) -> Iterator[str]:
    notes = (*layout.topology.notes, *layout.notes)
    for note in notes:
        yield textwrap.fill(note, _WIDTH, initial_indent="note: ", subsequent_indent="      ")
    if notes:
        yield ""


def _tries(topology: Topology, inside: str) -> Iterator[str]:
    if not topology.tries:
        return
    yield f"Try, inside `{paint.command(inside)}`:" if inside else "Try:"
    yield from (f"  {paint.command(line)}" for line in topology.tries)
    yield ""
