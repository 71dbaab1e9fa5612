"""A graph as nodes and edges, which Mermaid and Graphviz place themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnose.graph.model import Card, Graph, Plug, Published
from ...value import Value
from . import words


class Node(Value):
    """An interface, or (of kind ``port``) a published port of the host. `lines` are its text."""

    name: str
    lines: tuple[str, ...]
    kind: str = "plug"
    down: bool = False


class Group(Value):
    """A card: a frame with nodes."""

    name: str
    title: str
    nodes: tuple[Node, ...]


class Edge(Value):
    """A line from one node to another: `style` is ``solid``, ``dashed`` or ``dotted``; `arrow`:
    it has a direction. `colour` is the number of its LAN."""

    ends: tuple[str, str]
    style: str
    colour: int = -1
    arrow: bool = False


_STYLES = {"veth": "solid", "vxlan": "dotted"}


def groups(graph: Graph) -> Iterator[Group]:
    """All cards. The names of nodes are numbers, so that no text can be taken for syntax."""
    for number, card in enumerate(graph.cards):
        names = _names(card, number)
        nodes = [_node(graph, card, plug, names[plug.name]) for plug in card.plugs]
        about = [*(["namespace"] if card.role == "namespace" else ()), card.about, *card.marks]
        title = " · ".join(filter(None, (card.title, *about)))
        yield Group(f"c{number}", title, tuple(nodes) or (Node(f"c{number}n", ("no interface",)),))


def published(graph: Graph) -> Iterator[Node]:
    """A node for each published port."""
    for number, (where, port) in enumerate(words.ports(graph.published)):
        note = words.doubt(port)
        target = f"→ {port.to}:{port.target}" + (f" ({note})" if note else "")
        yield Node(f"p{number}", (where, target), "port")


def edges(graph: Graph) -> Iterator[Edge]:
    """Wires, ports with their bridges, published ports with the bridge that they lead to."""
    names = {
        (card.key, plug): name
        for number, card in enumerate(graph.cards)
        for plug, name in _names(card, number).items()
    }
    colours = {lan.key: number for number, lan in enumerate(graph.lans)}
    for card in graph.cards:
        for plug in card.plugs:
            if (card.key, plug.bridge) in names:
                ends = (names[card.key, plug.bridge], names[card.key, plug.name])
                yield Edge(ends, "solid", colours.get(plug.lan, -1))
    for wire in graph.wires:
        one, other = (names[end] for end in wire.ends)
        yield Edge((one, other), _STYLES.get(wire.kind, "dashed"), colours.get(wire.lan, -1))
    for number, (_, port) in enumerate(words.ports(graph.published)):
        to = _target(graph, port)
        if to in names:
            yield Edge((f"p{number}", names[to]), "solid", colours.get(port.lan, -1), arrow=True)


def _target(graph: Graph, port: Published) -> tuple[str, str]:
    lan = graph.lan(port.lan)
    return (lan.card, lan.device) if lan else ("", "")


def _names(card: Card, number: int) -> dict[str, str]:
    return {plug.name: f"c{number}i{place}" for place, plug in enumerate(card.plugs)}


def _node(graph: Graph, card: Card, plug: Plug, name: str) -> Node:
    lan = next((e for e in graph.lans if (e.card, e.device) == (card.key, plug.name)), None)
    lines = [plug.name, *plug.addresses]
    if plug.kind not in ("veth", "device", "loopback", "bridge"):
        lines.append(f"{plug.kind} {plug.about}".strip())
    lines += [f"network {lan.name}"] if lan and lan.name else []
    lines += [*words.ways(plug), *words.state(plug), *(words.lan(lan) if lan else ())]
    return Node(name, tuple(lines), plug.kind, plug.state != "up")
