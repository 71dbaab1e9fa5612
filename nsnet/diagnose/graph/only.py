"""A part of a picture: what belongs to some networks, containers, namespaces."""

from __future__ import annotations

from collections.abc import Sequence

from ...kernel.errors import NotFound
from ...value import replace
from .model import Card, Graph, Plug


def only(graph: Graph, names: Sequence[str]) -> Graph:
    """The cards of those names with the LANs that they are on, the LANs of those names with
    all that hang on them. Raises `NotFound` for a name that is in neither."""
    cards: set[str] = set()
    lans: set[str] = set()
    for name in names:
        own = {c.key for c in graph.cards if name in (*c.names, c.key or "host")}
        wires = {each.key for each in graph.lans if name in (*each.name.split(", "), each.device)}
        if not own | wires:
            raise NotFound(f"there is no network, container or namespace {name}", _names(graph))
        cards |= own
        lans |= wires
    return _cut(graph, cards, lans)


def _names(graph: Graph) -> str:
    names = [*(c.title for c in graph.cards), *(each.name or each.device for each in graph.lans)]
    return f"there are: {', '.join(dict.fromkeys(name for name in names if name))}"


def _cut(graph: Graph, cards: set[str], lans: set[str]) -> Graph:
    near = {p.lan for c in graph.cards if c.key in cards for p in c.plugs if p.lan} | lans
    places = {(each.card, each.device) for each in graph.lans if each.key in near}

    ours = [w for w in graph.wires if any(key in cards for key, _ in w.ends)]
    ends = {end for wire in ours for end in wire.ends}

    def kept(card: Card, plug: Plug) -> bool:
        """All of a chosen card; of others what is on a chosen LAN, the bridges of those nearby,
        the ports that lead to a chosen card, and the way out."""
        spot = (card.key, plug.name)
        way_out = card.role == "host" and bool(plug.gateways) and not plug.bridge
        return card.key in cards or plug.lan in lans or spot in places or spot in ends or way_out

    drawn = []
    for card in graph.cards:
        plugs = tuple(plug for plug in card.plugs if kept(card, plug))
        if card.key in cards or any(p.lan in near or p.bridge for p in plugs):
            drawn.append(replace(card, plugs=plugs))
    spots = {(card.key, plug.name) for card in drawn for plug in card.plugs}
    return replace(
        graph,
        cards=tuple(drawn),
        lans=tuple(each for each in graph.lans if each.key in near),
        wires=tuple(w for w in graph.wires if w.lan in near and spots.issuperset(w.ends)),
        published=tuple(p for p in graph.published if _leads(p.ip, drawn)),
        notes=tuple(n for n in graph.notes if n.startswith("published ports and NAT")),
    )


def _leads(ip: str, cards: Sequence[Card]) -> bool:
    held = {a.partition("/")[0] for c in cards for p in c.plugs for a in p.addresses}
    return ip in held
