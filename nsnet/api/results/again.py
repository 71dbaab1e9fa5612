"""From the JSON of the command line back to the values that texts and pictures are drawn from."""

from __future__ import annotations

from typing import Any

from ...diagnose.graph.model import Card, Graph, Lan, Plug, Published, Wire
from ...diagnose.place import Place, Target
from ...diagnose.reach.asking import Question
from ...diagnose.reach.found import Found, Reach
from ...diagnose.reach.station import Station
from ...diagnose.walk import Event, Packet, Rule, Walk
from ...kernel.survey.model import IfAddress
from .base import Json


def walk(data: Json) -> Walk:
    """The walk that `nsnet.show.walk.data` told of."""
    target = data["target"]
    place = Place(**target["place"]) if target["place"] else None
    return Walk(
        source=Place(**data["source"]),
        target=Target(**{**target, "place": place}),
        events=tuple(map(_event, data["events"])),
        outcome=data["outcome"],
        answer=data["answer"],
        traced=data["traced"],
        notes=tuple(data["notes"]),
    )


def _event(data: Json) -> Event:
    rule = Rule(**data["rule"]) if data["rule"] else None
    before = _packet(data["before"]) if data["before"] else None
    return Event(**{**data, "packet": _packet(data["packet"]), "rule": rule, "before": before})


def _packet(data: Json) -> Packet:
    return Packet(**{**data, "macs": tuple(data["macs"])})


def graph(data: Json) -> Graph:
    """The picture that `nsnet.show.graph.data` told of."""
    return Graph(
        cards=tuple(map(_card, data["spaces"])),
        lans=tuple(map(_lan, data["networks"])),
        wires=tuple(map(_wire, data["wires"])),
        published=tuple(map(_published, data["published"])),
        notes=tuple(data["notes"]),
    )


def _card(data: Json) -> Card:
    plugs = tuple(map(_plug, data["interfaces"]))
    rest = _tuples(data, but=("interfaces",))
    return Card(**rest, plugs=plugs)


def _plug(data: Json) -> Plug:
    rest = _tuples(data, but=("network", "other_end_unseen"))
    return Plug(**rest, lan=data["network"], unseen=data["other_end_unseen"])


def _lan(data: Json) -> Lan:
    rest = _tuples(data, but=("id", "space", "interface"))
    return Lan(**rest, key=data["id"], card=data["space"], device=data["interface"])


def _wire(data: Json) -> Wire:
    one, other = ((end["space"], end["interface"]) for end in data["ends"])
    return Wire(data["kind"], (one, other), data["network"])


def _published(data: Json) -> Published:
    rest = _tuples(data, but=("space", "network"))
    return Published(**rest, card=data["space"], lan=data["network"])


def reach(told: Json) -> Reach:
    """The measurement that `nsnet.show.reach.data` told of; `told` has its parts (``what``) and
    the short names of stations (``shorts``) besides."""
    data, shorts = told["data"], told["shorts"]
    return Reach(
        senders=tuple(_station(each, shorts) for each in data["senders"]),
        targets=tuple(_station(each, shorts) for each in data["targets"]),
        what=tuple(told["what"]),
        found=tuple(map(_found, data["cells"])),
        timeout=data["timeout"],
        seconds=data["seconds"],
    )


def _station(data: Json, shorts: dict[str, str]) -> Station:
    name = data["name"]
    addresses = tuple(IfAddress("", f"{ip}/{128 if ':' in ip else 32}") for ip in data["addresses"])
    return Station(Place(name, name), tuple(data["shared_by"]), addresses, shorts[name])


def _found(data: Json) -> Found:
    question = Question(
        sender=data["from"],
        target=data["to"],
        what=data["what"],
        address=data["address"],
        port=data["port"],
        protocol=data["protocol"],
        inner=data["container_port"],
    )
    return Found(
        question,
        code=data["code"],
        by=data["by"],
        errno=data["errno"],
        seconds=(data["ms"] or 0) / 1e3,
        detail=" ".join(data["found"]),
    )


def _tuples(data: Json, but: tuple[str, ...]) -> dict[str, Any]:
    """The fields that have the same name, lists as tuples."""
    kept = ((name, value) for name, value in data.items() if name not in but)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in kept}
