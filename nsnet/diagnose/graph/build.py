"""From a survey and the names that are known to a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING

from ...kernel.errors import KernelError
from ...value import replace
from . import nat
from .cards import cards
from .known import Known, KnownNetwork, KnownPort
from .lans import Wiring
from .model import Card, Graph, Lan, Published, clean, natural

if TYPE_CHECKING:
    from ...kernel.survey.survey import Survey


def build(survey: Survey, known: Known, privileged: bool = True) -> Graph:
    """The picture. Without the right to look (`privileged`), what the firewall says is left out;
    a note tells so."""
    wiring = Wiring(survey, list(cards(survey, known)))
    shown = tuple(each for each in wiring.cards if not _empty(each))
    judges = [each for each in shown if privileged and _judges(each)]
    rules = {each.key: _rules(survey, each) for each in judges}
    draft = _Draft(shown, wiring.lans, rules, known)
    notes = list(draft.notes())
    if not privileged:
        notes.append("published ports and NAT are missing: the firewall is shown to root only")
    left = len(wiring.cards) - len(shown)
    if left:
        what = "namespace has" if left == 1 else "namespaces have"
        notes.append(f"left out: {left} unnamed {what} nothing but lo")
    if known.stopped:
        notes.append(f"stopped: {', '.join(sorted(map(clean, known.stopped), key=natural))}")
    return Graph(draft.cards, draft.lans, wiring.wires, draft.published, tuple(notes))


def _empty(card: Card) -> bool:
    """Is it a namespace that some program made for itself, to be cut off?"""
    return card.role == "namespace" and card.key.startswith("pid:") and not card.plugs


def _judges(card: Card) -> bool:
    return card.role == "host" or "ip_forward on" in card.marks


def _rules(survey: Survey, card: Card) -> nat.Nat:
    try:
        return nat.read(survey.ruleset(card.key))
    except KernelError:
        return nat.Nat(odd=-1)


class _Draft:
    """The picture while addresses, rules and records are brought together."""

    def __init__(
        self,
        drawn: Sequence[Card],
        lans: Sequence[Lan],
        rules: dict[str, nat.Nat],
        known: Known,
    ) -> None:
        self._known, self._rules = known, rules
        self._at = {
            address.partition("/")[0]: (card, plug)
            for card in reversed(drawn)
            for plug in card.plugs
            for address in plug.addresses
        }
        self._ways = {
            card.key: sorted((p.name for p in card.plugs if p.gateways), key=natural)
            for card in drawn
        }
        self._by_key = {card.key: card for card in drawn}
        self._told: set[tuple[str, nat.Source]] = set()
        self.lans = tuple(self._lan(each) for each in lans)
        self.cards = tuple(self._card(each) for each in drawn)
        found = {*self._by_rules(), *self._by_records()}
        self.published = tuple(sorted(found, key=_order))

    def notes(self) -> Iterator[str]:
        """What could not be drawn."""
        for key, found in self._rules.items():
            if found.odd > 0:
                where = f" in {self._by_key[key].title}" if key else ""
                yield f"dnat rules{where} that do not show where they lead: {found.odd}"

    def _lan(self, lan: Lan) -> Lan:
        nets = [n for n in self._known.networks if lan.card == "" and n.device == lan.device]
        names = sorted({clean(n.name) for n in nets}, key=natural)
        leaving = list(self._leaving(lan, nets))
        marks = [word for net in nets for word in self._marks(net, bool(leaving))]
        return replace(
            lan,
            name=", ".join(names) or lan.name,
            marks=tuple(dict.fromkeys(marks)),
            masquerade=tuple(dict.fromkeys(leaving)),
        )

    def _marks(self, net: KnownNetwork, leaves: bool) -> Iterator[str]:
        if net.internal:
            yield "internal"
        if not net.icc:
            yield "icc=off"
        if net.driver in ("bridge", "overlay") and not net.internal:
            if not net.masquerade:
                yield "no masquerade"
            elif "" in self._rules and not leaves:
                yield "its masquerade rule is missing"

    def _leaving(self, lan: Lan, nets: Sequence[KnownNetwork]) -> Iterator[str]:
        """How packets of this LAN get another source address where they leave its card. Its
        subnets are those of its bridge and those recorded: it may have lost its address."""
        card = self._by_key.get(lan.card)
        plug = card.plug(lan.device) if card and lan.device else None
        own = {str(ip_interface(a.split()[0]).network) for a in (plug.addresses if plug else ())}
        own |= {subnet for net in nets for subnet in net.subnets}
        for source in self._rules[lan.card].sources if plug and lan.card in self._rules else ():
            if source.subnet in own:
                self._told.add((lan.card, source))
                yield self._words(lan.card, source)

    def _words(self, key: str, source: nat.Source) -> str:
        what = f"snat to {source.to}" if source.to else "masquerade"
        ways = [source.device] if source.device and not source.but else self._ways[key]
        ways = [each for each in ways if not (source.but and each == source.device)]
        return f"{what} by {', '.join(ways)}" if ways else what

    def _card(self, card: Card) -> Card:
        """With the translations that belong to no bridge of it."""
        sources = self._rules[card.key].sources if card.key in self._rules else ()
        rest = [each for each in sources if (card.key, each) not in self._told]
        words = [f"{self._words(card.key, s)} of {clean(s.subnet) or 'everybody'}" for s in rest]
        return replace(card, marks=(*card.marks, *dict.fromkeys(map(clean, words))))

    def _by_rules(self) -> Iterator[Published]:
        ours = {(p.host_ip, str(p.host_port), p.protocol): p for p in self._known.ports}
        for key, found in self._rules.items():
            for each in found.forwards:
                port = ours.get((each.host_ip, each.host_port, each.protocol))
                name = port.container if port and each.own else ""
                yield self._published(key, each, name, "dnat")

    def _by_records(self) -> Iterator[Published]:
        host = self._rules.get("")
        ruled = {(f.host_ip, f.host_port, f.protocol) for f in host.forwards} if host else set()
        for port in self._known.ports:
            if (port.host_ip, str(port.host_port), port.protocol) in ruled:
                continue
            how = "relay" if port.relay else "none" if host and host.odd >= 0 else "dnat"
            yield self._published("", _forward(port), port.container, how)

    def _published(self, key: str, each: nat.Forward, name: str, how: str) -> Published:
        card, plug = self._at.get(each.ip, (None, None))
        to = name or (card.title if card else each.ip)
        lan = plug.lan if plug else self._lan_of(key, each.ip)
        old = (each.host_ip, each.host_port, each.protocol)
        return Published(key, *old, each.ip, each.port, clean(to), lan, how)

    def _lan_of(self, key: str, ip: str) -> str:
        """Where an address would be that nobody has."""
        try:
            address = ip_address(ip)
        except ValueError:  # a range
            return ""
        for plug in self._by_key[key].plugs:
            for cidr in plug.addresses if plug.kind == "bridge" else ():
                if address in ip_interface(cidr.split()[0]).network:
                    return plug.lan
        return ""


def _forward(port: KnownPort) -> nat.Forward:
    number, target = str(port.host_port), str(port.port)
    return nat.Forward(port.host_ip, number, port.protocol, port.ip, target, own=True)


def _order(one: Published) -> tuple[object, ...]:
    return (natural(one.card), natural(one.host_port), one.protocol, ":" in one.host_ip, repr(one))
