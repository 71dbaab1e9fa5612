"""The hooks of netfilter: rules, conntrack and address translation for a packet on its way.

Sources: Linux ``include/uapi/linux/netfilter_ipv4.h`` (the order within a hook),
``net/netfilter/nf_nat_core.c`` (NAT is asked once per flow and side, and undone for answers),
``net/netfilter/nf_conntrack_proto_tcp.c`` (an answer without a question is invalid).
"""

from __future__ import annotations

from typing import Any

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...value import replace
from ..nft import Chain, Flow, Ruleset, Subject
from ..nft.evaluate import Hit, Outcome, Translation, follow
from ..nft.ruleset import NAT_PRIORITY
from ..nft.subject import Sight, turned
from ..said import said
from ..trace import words
from ..walk import Packet
from . import reasons
from .fib import Fib, Question, Way
from .story import Flight, Lost, Story

_CONNTRACK = -200
#: The hooks in which a packet comes to know its flow.
_FIRST = ("prerouting", "output")


class Netfilter:
    """The rules and the flows of all network stacks."""

    def __init__(self, survey: Survey, story: Story) -> None:
        self._survey, self._story = survey, story
        self._rulesets: dict[str, Ruleset] = {}
        self._flows: dict[str, list[Flow]] = {}

    def ruleset(self, space: str) -> Ruleset:
        """The rules of a namespace."""
        if space not in self._rulesets:
            self._rulesets[space] = Ruleset(self._survey.ruleset(space))
        return self._rulesets[space]

    def flow(self, space: str) -> Flow | None:
        """The last flow that a namespace has seen."""
        return next(iter(self._flows.get(space, [])[-1:]), None)

    def hook(
        self, flight: Flight, hook: str, iif: Interface | None, oif: Interface | None,
        way: Way | None = None,
    ) -> None:  # fmt: skip
        """A packet through a hook of IP. Raises `Lost` if it does not get out of it."""
        ruleset = self.ruleset(flight.space)
        todo = [c for c in ruleset.base(_family(flight.packet), hook) if c.kind != "nat"]
        stages: list[tuple[int, object]] = [(chain.place, chain) for chain in todo]
        if hook in _FIRST:
            stages.append((_CONNTRACK, self._track))
        if hook in NAT_PRIORITY:
            stages.append((NAT_PRIORITY[hook], self._translate))
        early = hook in _FIRST and flight.flow is None
        for place, stage in sorted(stages, key=lambda each: each[0]):
            if isinstance(stage, Chain):
                subject = self._subject(flight, iif, oif, early and place < _CONNTRACK)
                outcome = self._chain(flight, ruleset, stage, subject)
                flight.mark = subject.mark
                if subject.state == "untracked":
                    flight.state, flight.flow = "untracked", None
                self._judge(flight, hook, outcome, stage)
            elif stage == self._track:
                self._track(flight)
            else:
                self._translate(flight, hook, iif, oif, way)

    def frame(
        self, flight: Flight, hook: str, iif: Interface | None, oif: Interface | None,
        kind: str, bridge: str, low: int = -(2**31), high: int = 2**31,
    ) -> None:  # fmt: skip
        """A frame through a hook of the bridge family, as far as its chains have a priority from
        `low` and below `high`. Raises `Lost`."""
        ruleset = self.ruleset(flight.space)
        for chain in ruleset.base("bridge", hook):
            if low <= chain.place < high:
                subject = replaced(self._subject(flight, iif, oif, False), kind, bridge)
                self._judge(flight, hook, self._chain(flight, ruleset, chain, subject), chain)

    def stops_question(
        self, space: str, hook: str, iif: Interface, oif: Interface, asked: Packet
    ) -> Hit | None:
        """The rule of the bridge family that an ARP question does not get through."""
        ruleset = self.ruleset(space)
        for chain in ruleset.base("bridge", hook):
            family = "arp" if ":" not in asked.src else "ip6"
            subject = Subject(asked, family, iif, oif, kind="broadcast", state="untracked")
            outcome = follow(ruleset, chain, subject)
            if outcome.verdict in ("drop", "reject"):
                return outcome.hits[-1]
        return None

    def stopped(self, flight: Flight, hit: Hit) -> Lost:
        """A rule of a bridge has dropped the question for a neighbour."""
        self._tell(flight, "forward", hit)
        why = reasons.dropped(hit)
        text = said("{why}: it was the question who has the address", why=why)
        return self._story.lose(flight, text, "NET.ICC_OFF")

    def _pick(self, options: tuple[Any, ...]) -> Any:
        """What numgen or a hash would choose: each is tried in a walk of its own."""
        return options[self._story.choice % len(options)]

    def _subject(
        self, flight: Flight, iif: Interface | None, oif: Interface | None, early: bool
    ) -> Subject:
        fib = Fib(self._survey, flight.space)
        sight = Sight(fib.kind, lambda to: fib.find(Question(to)).device)
        state = "invalid" if early and flight.state != "untracked" else flight.state
        return Subject(
            flight.packet, _family(flight.packet), iif, oif, None if early else flight.flow,
            flight.direction, state, flight.mark, sight=sight, pick=self._pick,
        )  # fmt: skip

    def _chain(self, flight: Flight, ruleset: Ruleset, chain: Chain, subject: Subject) -> Outcome:
        """Follow a base chain and tell what matched."""
        self._story.tell(
            flight, "hook", words.hook(chain.hook, f"{chain.family} {chain.table} {chain.name}"),
            hook=chain.hook,
        )  # fmt: skip
        outcome = follow(ruleset, chain, subject)
        for hit in outcome.hits:
            self._tell(flight, chain.hook, hit)
        if not outcome.sure:
            where = f"{chain.family} {chain.table} {chain.name}"
            self._story.doubt(
                said("chain {chain} has a rule that cannot be judged from its text alone",
                     chain=where)
            )  # fmt: skip
        return outcome

    def _tell(self, flight: Flight, hook: str, hit: Hit) -> None:
        if not hit.sure:
            self._story.doubt()
        text = words.policy(hit.verdict, hook) if hit.policy else words.rule(hit.rule, hit.verdict)
        kind = "policy" if hit.policy else "rule"
        self._story.tell(flight, kind, text, hook=hook, rule=hit.rule, verdict=hit.verdict)

    def _judge(self, flight: Flight, hook: str, outcome: Outcome, chain: Chain) -> None:
        if outcome.verdict == "drop":
            hit = outcome.hits[-1]
            raise self._story.lose(flight, reasons.dropped(hit), reasons.filter_id(flight, hit))
        if outcome.verdict == "reject":
            hit = outcome.hits[-1]
            self._story.lose(flight, reasons.rejected(hit), "FLT.REJECT")
            raise Lost(self._refusal(flight, outcome.reject))

    def _refusal(self, flight: Flight, how: str) -> Flight:
        """What a reject statement sends back. A reset belongs to the flow that it ends
        (``nf_ct_attach``); where br_netfilter is on it goes straight back by the bridge's port
        (``net/ipv4/netfilter/nf_reject_ipv4.c``)."""
        self.forget(flight)
        if how != "tcp reset":
            return self.error(flight, reasons.unreachable(how))
        told = Flight(flight.space, reasons.reset(flight.packet), "reply", port=flight.port)
        if flight.flow:
            told.flow, told.direction, told.state = flight.flow, "reply", "related"
        return told

    def error(self, flight: Flight, word: str) -> Flight:
        """An ICMP error about a packet: from its target's address, if that is here, else from
        the one that the routing table chooses (``icmp_send``)."""
        self.forget(flight)
        here = Fib(self._survey, flight.space).kind(flight.packet.dst) == "local"
        source = flight.packet.dst if here else ""
        return Flight(flight.space, reasons.icmp(flight.packet, word, source), "error")

    def forget(self, flight: Flight) -> None:
        """A new flow is remembered only when its first packet has got through the stack (past
        postrouting, where the source is settled)."""
        known, flow = self._flows.get(flight.space, []), flight.flow
        if flow in known and flight.state == "new" and "source" not in flow.settled:
            known.remove(flow)

    def _track(self, flight: Flight) -> None:
        """Which flow is it of?"""
        if flight.flow is not None or flight.state == "untracked":
            return
        packet, known = flight.packet, self._flows.setdefault(flight.space, [])
        for flow in reversed(known):
            if flight.leg == "error":
                if packet.dst in (flow.answer.dst, flow.original.src):
                    flight.flow, flight.direction, flight.state = flow, "reply", "related"
                    return
            elif _same(flow.answer, packet):
                flight.flow, flight.direction, flight.state = flow, "reply", "established"
                return
            elif _same(flow.original, packet):
                flight.flow, flight.direction = flow, "original"
                return
        if flight.leg == "error" or (packet.protocol != "udp" and flight.leg == "reply"):
            flight.state = "invalid"
            return
        flight.flow, flight.direction, flight.state = (
            Flow(packet, turned(packet)),
            "original",
            "new",
        )
        known.append(flight.flow)

    def _translate(
        self, flight: Flight, hook: str, iif: Interface | None, oif: Interface | None,
        way: Way | None,
    ) -> None:  # fmt: skip
        flow = flight.flow
        if flow is None:
            return
        side = "destination" if hook in _FIRST else "source"
        first = flight.direction == "original" or flight.state == "related"
        if first and side not in flow.settled and flight.leg != "error":
            flow.settled.add(side)
            self._ask(flight, flow, hook, iif, oif, way)
        now = _translated(flight, flow, side)
        if now.header != flight.packet.header:
            before, flight.packet = flight.packet, now
            text = words.rewritten(flight.leg, before, now)
            self._story.tell(flight, "rewrite", text, before=before, hook=hook)

    def _ask(
        self, flight: Flight, flow: Flow, hook: str, iif: Interface | None,
        oif: Interface | None, way: Way | None,
    ) -> None:  # fmt: skip
        """The NAT chains of a hook, until one decides."""
        ruleset = self.ruleset(flight.space)
        for chain in ruleset.base(_family(flight.packet), hook):
            if chain.kind != "nat":
                continue
            subject = self._subject(flight, iif, oif, False)
            outcome = self._chain(flight, ruleset, chain, subject)
            flight.mark = subject.mark
            self._judge(flight, hook, outcome, chain)
            if outcome.translation:
                self._settle(flight, flow, outcome.translation, (iif, oif), way)
                return

    def _settle(
        self, flight: Flight, flow: Flow, wanted: Translation,
        devices: tuple[Interface | None, Interface | None], way: Way | None,
    ) -> None:  # fmt: skip
        """Write into the flow what a NAT rule has decided."""
        if wanted.choices > 1:
            self._story.fork(wanted.choices)
        packet, answer = flight.packet, flow.answer
        address = wanted.address or self._own(flight, wanted, devices, way)
        if not address:
            text = said("the interface has no address to translate to")
            raise self._story.lose(flight, text)
        ported = packet.protocol in ("tcp", "udp")
        port = wanted.port if ported else 0
        if wanted.kind in ("dnat", "redirect"):
            flow.answer = replace(answer, src=address, sport=port or answer.sport)
            changed, word = _ends(flow.answer, True) != _ends(answer, True), "dnat"
        else:
            flow.answer = replace(answer, dst=address, dport=port or answer.dport)
            changed, word = _ends(flow.answer, False) != _ends(answer, False), "snat"
        if changed:
            flow.status.add(word)

    def _own(
        self, flight: Flight, wanted: Translation,
        devices: tuple[Interface | None, Interface | None], way: Way | None,
    ) -> str:  # fmt: skip
        """The address that masquerade or redirect take; a mere port leaves the address alone."""
        iif, oif = devices
        packet = flight.packet
        fib = Fib(self._survey, flight.space)
        if wanted.kind == "masquerade" and oif:
            return fib.source_for(oif.name, (way.via if way else "") or packet.dst)
        if wanted.kind == "redirect":
            own = "::1" if ":" in packet.dst else "127.0.0.1"
            return own if iif is None else fib.source_on(iif.name, packet.src)
        return packet.dst if wanted.kind == "dnat" else packet.src


def replaced(subject: Subject, kind: str, bridge: str) -> Subject:
    """A subject as the bridge family sees it: no conntrack there, the bridge has a name."""
    subject.kind, subject.bridges, subject.flow = kind, (bridge, bridge), None
    return subject


def _family(packet: Packet) -> str:
    return "ip6" if ":" in packet.src else "ip"


def _ends(packet: Packet, source: bool) -> tuple[str, int]:
    return (packet.src, packet.sport) if source else (packet.dst, packet.dport)


def _same(known: Packet, packet: Packet) -> bool:
    return known.header[:5] == packet.header[:5]


def _translated(flight: Flight, flow: Flow, side: str) -> Packet:
    """The header as it is after a hook that changes one side of it."""
    original = flight.direction == "original"
    target = turned(flow.answer if original else flow.original)
    packet = flight.packet
    if flight.leg == "error":
        if side == "destination":
            return replace(packet, dst=target.dst)
        return replace(packet, src=target.src) if "dnat" in flow.status else packet
    if side == "destination":
        return replace(packet, dst=target.dst, dport=target.dport)
    return replace(packet, src=target.src, sport=target.sport)
