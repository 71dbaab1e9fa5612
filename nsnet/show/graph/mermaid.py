"""A graph in the words of Mermaid (flowcharts): for Markdown pages that draw it themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...diagnose.graph.model import Graph
from .nodes import Node, edges, groups, published

_LINES = {"solid": "---", "dashed": "-.-", "dotted": "-.-"}
_COLOURS = (
    "#2563eb", "#0b8a5f", "#c2620a", "#8b3fd1", "#0a7f9c", "#c2307a", "#5b7f0c", "#a0522d"
)  # fmt: skip
#: What could be taken for syntax, HTML or Markdown inside a quoted text.
_SIGNS = frozenset("\"#&<>`*_\\{}[]();~$%|'")


def mermaid(graph: Graph) -> str:
    """The whole text."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    for node in published(graph):
        yield f"  {node.name}>{_quoted(node.lines)}]"
    for group in groups(graph):
        yield f"  subgraph {group.name}[{_quoted([group.title])}]"
        for node in group.nodes:
            yield f"    {node.name}{_shape(node)}"
        yield "  end"
    colours: dict[int, list[str]] = {}
    for number, edge in enumerate(edges(graph)):
        line = "-->" if edge.arrow else _LINES[edge.style]
        yield f"  {edge.ends[0]} {line} {edge.ends[1]}"
        if edge.colour >= 0:
            colours.setdefault(edge.colour % len(_COLOURS), []).append(str(number))
    for colour, numbers in sorted(colours.items()):
        yield f"  linkStyle {','.join(numbers)} stroke:{_COLOURS[colour]},stroke-width:2px"
    down = [n.name for group in groups(graph) for n in group.nodes if n.down]
    if down:
        yield "  classDef down stroke:#c62828,stroke-dasharray:4 3"
        yield f"  class {','.join(down)} down"
    for note in graph.notes:
        yield f"  %% {_plain(note)}"


def _shape(node: Node) -> str:
    text = _quoted(node.lines)
    return f"([{text}])" if node.kind == "bridge" else f"[{text}]"


def _quoted(lines: Sequence[str]) -> str:
    """Text in quotes; signs as Mermaid's entity codes (``#35;``)."""
    return f'"{"<br/>".join(map(_plain, lines))}"'


def _plain(text: str) -> str:
    return "".join(f"#{ord(c)};" if c in _SIGNS else c for c in text)
