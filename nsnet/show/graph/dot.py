"""A graph in the words of Graphviz: ``nsnet graph --format dot | dot -Tsvg``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...diagnose.graph.model import Graph
from .nodes import Node, edges, groups, published

_COLOURS = (
    "#2563eb", "#0b8a5f", "#c2620a", "#8b3fd1", "#0a7f9c", "#c2307a", "#5b7f0c", "#a0522d"
)  # fmt: skip


def dot(graph: Graph) -> str:
    """The whole text."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    """Without ``newrank``, Graphviz 2.43 fails on some frames ("triangulation failed")."""
    yield "graph nsnet {"
    yield '  rankdir=LR; newrank=true; charset="UTF-8"; fontname="monospace";'
    yield '  node [shape=box, fontname="monospace", fontsize=10]; edge [penwidth=1.5];'
    for node in published(graph):
        yield f"  {node.name} [shape=cds, label={_quoted(node.lines)}];"
    for group in groups(graph):
        yield f"  subgraph cluster_{group.name} {{"
        yield f"    label={_quoted([group.title])}; style=rounded;"
        for node in group.nodes:
            yield f"    {node.name} [label={_quoted(node.lines)}{_look(node)}];"
        yield "  }"
    for edge in edges(graph):
        looks = [f"style={edge.style}"]
        looks += [f'color="{_COLOURS[edge.colour % len(_COLOURS)]}"'] if edge.colour >= 0 else []
        looks += ["dir=forward"] if edge.arrow else []
        yield f"  {edge.ends[0]} -- {edge.ends[1]} [{', '.join(looks)}];"
    for note in graph.notes:
        yield f"  // {note}"
    yield "}"


def _look(node: Node) -> str:
    style = ["rounded"] * (node.kind == "bridge") + ["dashed"] * node.down
    text = f', style="{",".join(style)}"' if style else ""
    return text + (', color="#c62828"' if node.down else "")


def _quoted(lines: Sequence[str]) -> str:
    r"""A string: lines end with ``\n``, which centres them; nothing in them is
    an escape or an entity of HTML."""
    plain = (line.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(plain) + '"'
