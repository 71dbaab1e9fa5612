"""Wires and LANs: what is connected to what, from both ends' own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...value import replace
from .model import Card, Key, Lan, Plug, Spot, Wire, clean, natural, naturally

if TYPE_CHECKING:
    from ...kernel.survey.model import Interface
    from ...kernel.survey.survey import Survey

_CHILDREN = ("macvlan", "macvtap", "ipvlan", "ipvtap", "vlan")


class Wiring:
    """Finds the wires of all cards. Afterwards `lans`, `wires` and `cards` (the plugs now know
    their LANs) are what was found."""

    def __init__(self, survey: Survey, cards: Sequence[Card]) -> None:
        self._survey = survey
        self._plugs: dict[Spot, Plug] = {(c.key, p.name): p for c in cards for p in c.plugs}
        self._real: dict[Spot, Interface] = {
            (c.key, clean(one.name)): one
            for c in cards
            for one in survey.interfaces(c.key).values()
        }
        self._on: dict[Spot, str] = {}
        self._unseen: set[Spot] = set()
        self._lans: dict[str, Lan] = {}
        self._wires: set[Wire] = set()
        for spot, plug in self._plugs.items():
            if plug.kind == "bridge":
                self._on[spot] = self._lan("bridge", spot)
        for spot, plug in self._plugs.items():
            if plug.bridge:
                self._on[spot] = _key((spot[0], plug.bridge))
        for spot, plug in self._plugs.items():
            if plug.kind in ("veth", *_CHILDREN):
                self._connect(spot, plug)
        self._tunnels()
        self.cards = tuple(self._placed(card) for card in cards)
        self.lans = tuple(sorted(self._lans.values(), key=_order))
        self.wires = tuple(sorted(self._wires, key=_along))

    def _connect(self, spot: Spot, plug: Plug) -> None:
        other = self._survey.other_end(self._real[spot])
        there = (other.space, clean(other.name)) if other else None
        if there is None or there not in self._plugs:
            if self._real[spot].peer:
                self._unseen.add(spot)
        elif plug.kind == "veth":
            self._cable(*sorted((spot, there)))
        else:
            kind = plug.kind.replace("vtap", "vlan")
            lan = self._on.get(there, "") if self._plugs[there].kind == "bridge" else ""
            lan = lan or self._lan(kind, there)
            self._on.setdefault(spot, lan)
            self._on.setdefault(there, lan)
            self._wires.add(Wire(kind, (there, spot), lan))

    def _cable(self, one: Spot, other: Spot) -> None:
        """A cable belongs to the bridge that one of its ends is a port of; between two bridges,
        or two plain interfaces, it is a LAN by itself."""
        ports = [each for each in (one, other) if self._plugs[each].bridge]
        if len(ports) == 1:
            lan = self._on[ports[0]]
        else:
            lan = f"cable {_key(one)}"
            self._lans[lan] = Lan(lan, "veth")
        self._on.setdefault(one, lan)
        self._on.setdefault(other, lan)
        self._wires.add(Wire("veth", (one, other), lan))

    def _tunnels(self) -> None:
        """VXLANs of one number whose ends send to each other."""
        ends = [(spot, self._real[spot]) for spot, p in self._plugs.items() if p.kind == "vxlan"]
        held = {
            (space, address.ip)
            for space in {spot[0] for spot, _ in ends}
            for address in self._survey.addresses(space)
        }
        for spot, one in ends:
            remotes = {str(one.options.get("remote", ""))}
            remotes |= {e.remote for e in self._survey.fdb(spot[0]) if e.device == one.name}
            for there, other in ends:
                same = one.options.get("id") == other.options.get("id") and there[0] != spot[0]
                if same and any((there[0], ip) in held for ip in remotes if ip):
                    lan = f"vxlan {one.options.get('id')}"
                    self._lans[lan] = Lan(lan, "vxlan")
                    pair = sorted((spot, there))
                    self._wires.add(Wire("vxlan", (pair[0], pair[1]), lan))
                    self._on.setdefault(spot, lan)

    def _lan(self, kind: str, spot: Spot) -> str:
        key = _key(spot)
        name = self._real[spot].alias
        prefix = "nsnet network "
        called = clean(name.removeprefix(prefix)) if name.startswith(prefix) else ""
        self._lans.setdefault(key, Lan(key, kind, *spot, name=called))
        return key

    def _placed(self, card: Card) -> Card:
        def known(plug: Plug) -> Plug:
            spot = (card.key, plug.name)
            return replace(plug, lan=self._on.get(spot, ""), unseen=spot in self._unseen)

        return replace(card, plugs=tuple(map(known, card.plugs)))


def _key(spot: Spot) -> str:
    return f"{clean(spot[0])}/{spot[1]}"


def _order(lan: Lan) -> tuple[bool, bool, Key, Key]:
    """Networks of the host first; cables last."""
    return bool(lan.card), not lan.device, natural(lan.card), natural(lan.device or lan.key)


def _along(wire: Wire) -> tuple[tuple[Key, Key], tuple[Key, Key]]:
    return naturally(wire.ends[0]), naturally(wire.ends[1])
