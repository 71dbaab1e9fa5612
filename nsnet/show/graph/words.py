"""What all drawings say in the same words, and how wide it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from ...diagnose.graph.model import Card, Graph, Lan, Plug, Published


def width(text: str) -> int:
    """Its columns in a monospace font: characters of East Asia take two, marks that sit on the
    one before them none (Unicode, annex 11)."""
    if text.isascii():
        return len(text)
    return sum(_columns(c) for c in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, limit: int) -> str:
    """`text`, its end replaced by … where it is wider than `limit` columns."""
    if width(text) <= limit:
        return text
    kept = ""
    for character in text:
        if width(kept) + _columns(character) > limit - 1:
            break
        kept += character
    return kept + "…"


def ports(published: Iterable[Published]) -> Iterator[tuple[str, Published]]:
    """Published ports with the host's side of those that lead to one place in one text:
    ``0.0.0.0:8080, [::]:8080``."""
    groups: dict[tuple[str, ...], list[Published]] = {}
    for each in published:
        groups.setdefault((each.card, each.host_port, each.ip, each.target, each.to), []).append(
            each
        )
    for group in groups.values():
        yield ", ".join(dict.fromkeys(each.where for each in group)), group[0]


def doubt(port: Published) -> str:
    """What is special about how a published port is done; "" if nothing is."""
    return {"relay": "by a relay", "none": "no rule does it"}.get(port.how, "")


def ways(plug: Plug) -> Iterator[str]:
    """Its default routes."""
    for gateway in plug.gateways:
        yield f"default via {gateway}" if gateway else "default route"


def state(plug: Plug) -> Iterator[str]:
    """What is wrong with it, and what is unusual."""
    if plug.state == "down":
        yield "DOWN"
    elif plug.state != "up":
        yield plug.state
    yield from (mark for mark in plug.marks if mark != "hairpin")


def lan(one: Lan) -> Iterator[str]:
    """What holds for a network."""
    yield from one.marks
    yield from one.masquerade


def stranded(graph: Graph, card: Card) -> bool:
    """Does it have an address where somebody could lead out, and no default route?"""
    if any(plug.gateways for plug in card.plugs):
        return False
    lans = [graph.lan(p.lan) for p in card.plugs if p.addresses and p.kind != "loopback"]
    closed = any(each is None or "internal" in each.marks for each in lans)
    if card.role == "container":
        return bool(lans) and not closed
    others = [each for each in lans if each and each.card != card.key]
    return card.role == "namespace" and any(_leads_out(graph, each) for each in others)


def _leads_out(graph: Graph, lan: Lan) -> bool:
    """Has its bridge an address?"""
    card = graph.card(lan.card) if lan.kind == "bridge" and "internal" not in lan.marks else None
    plug = card.plug(lan.device) if card else None
    return bool(plug and plug.addresses)
