"""A layout as a tree of text: networks, and the containers that are plugged into them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..topology.layout import Layout, Segment
from ..topology.model import Container
from . import paint, words

#: How many containers of one network are shown before the rest is only counted.
LIMIT = 12

#: A container's name, and what stands beside it.
Leaf = tuple[str, str]


def tree(layout: Layout) -> Iterator[str]:
    """The lines of the picture, indented by two."""
    width = max((len(c.name) for c in layout.topology.containers), default=0)
    for segment in layout.segments:
        yield f"  {paint.name(segment.name)}   {paint.faint(_about(segment))}"
        yield from _branches(list(_plugged(layout, segment)), width)
    others = [c for c in layout.topology.containers if not layout.endpoints_of(c.name)]
    if others:
        yield f"  {paint.faint('without a plug of their own')}"
        yield from _branches([_alone(layout, c) for c in others], width)


def _about(segment: Segment) -> str:
    spans = [span for span in (segment.v4, segment.v6) if span]
    parts = [f"{' '.join(span.subnet for span in spans)} on bridge {segment.device}"]
    parts += [f"gateway {span.gateway}" for span in spans]
    parts += ["internal: no way out"] * segment.internal
    parts += ["containers cannot talk to each other"] * (not segment.icc)
    return ", ".join(parts)


def _plugged(layout: Layout, segment: Segment) -> Iterator[Leaf]:
    for endpoint in layout.endpoints:
        if endpoint.network != segment.name:
            continue
        ports = [
            each
            for each in layout.bindings
            if (each.container, each.network) == (endpoint.container, segment.name)
        ]
        shown = "  ".join((words.addresses(endpoint), *words.published(ports)))
        yield endpoint.container, shown


def _alone(layout: Layout, container: Container) -> Leaf:
    return container.name, words.stack(container)


def _branches(leaves: Sequence[Leaf], width: int) -> Iterator[str]:
    shown = leaves if len(leaves) <= LIMIT + 1 else leaves[:LIMIT]
    rest = len(leaves) - len(shown)
    for number, (name, text) in enumerate(shown, 1):
        corner = "└─" if number == len(shown) and not rest else "├─"
        yield f"  {corner} {name:<{width}}  {text}".rstrip()
    if rest:
        yield f"  └─ … and {rest} more (nsnet ps lists all)"
