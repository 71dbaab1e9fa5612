"""A layout as a tree of text: networks, and the containers that are plugged into them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..topology.layout import Layout, Segment
from . import paint, words

#: How many containers of one network are shown before the rest is only counted.
LIMIT = 12

_WIDTH = 80

#: A container: its name, its address (or what it has instead), its published ports.
Leaf = tuple[str, str, list[str]]


def tree(layout: Layout) -> Iterator[str]:
    """The lines of the picture, indented by two."""
    width = max((len(c.name) for c in layout.topology.containers), default=0)
    for segment in layout.segments:
        yield f"  {paint.name(segment.name)}  {paint.faint(_about(segment))}"
        yield from _branches(list(_plugged(layout, segment)), width)
    plugged = {endpoint.container for endpoint in layout.endpoints}
    others = [c for c in layout.topology.containers if c.name not in plugged]
    if others:
        yield f"  {paint.faint('(no network of their own)')}"
        yield from _branches([(c.name, words.stack(c), []) for c in others], width)


def _about(segment: Segment) -> str:
    spans = [span for span in (segment.v4, segment.v6) if span]
    parts = [f"{' '.join(span.subnet for span in spans)} on bridge {segment.device}"]
    parts += ["internal: no way out"] * segment.internal
    parts += ["containers cannot talk to each other"] * (not segment.icc)
    return ", ".join(parts)


def _plugged(layout: Layout, segment: Segment) -> Iterator[Leaf]:
    for endpoint in layout.endpoints:
        if endpoint.network == segment.name:
            where = (endpoint.container, segment.name)
            ports = [b for b in layout.bindings if (b.container, b.network) == where]
            yield endpoint.container, words.addresses(endpoint), words.published(ports)


def _branches(leaves: Sequence[Leaf], width: int) -> Iterator[str]:
    shown = leaves if len(leaves) <= LIMIT + 1 else leaves[:LIMIT]
    rest = len(leaves) - len(shown)
    column = max((len(text) for _, text, ports in shown if ports), default=0)
    for number, (name, text, ports) in enumerate(shown, 1):
        last = number == len(shown) and not rest
        start = f"  {'└─' if last else '├─'} {name:<{width}}  {text:<{column}}"
        yield from _with_ports(start, f"  {' ' if last else '│'}".ljust(len(start)), ports)
    if rest:
        yield f"  └─ … and {rest} more (nsnet ps lists all)"


def _with_ports(start: str, below: str, ports: list[str]) -> Iterator[str]:
    """The ports behind `start`; on a line of their own, behind `below`, where they do not fit."""
    line = start
    for port in ports:
        if len(line) + 2 + len(port) > _WIDTH and line not in (start, below):
            yield line
            line = below
        line += f"  {port}"
    yield line.rstrip()
