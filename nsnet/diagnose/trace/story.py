"""From sights to a story: the events of a walk in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...kernel.trace import Traced
from ..walk import Event, Packet
from . import words
from .book import Book
from .legs import REPLY, REQUEST
from .order import Sight
from .sights import COMING, GOING, Passage, Question, Visit

_IP = ("ip", "ip6", "inet")


class Story:
    """Tells sights one after the other. `books` has the rules of a space, `labels` its name for
    people, `sent` the wall clock (in nanoseconds) that stamps count from."""

    def __init__(
        self,
        survey: Survey,
        labels: Callable[[str], str],
        books: Mapping[str, Book],
        sent: int,
    ) -> None:
        self.survey, self.label, self.books, self.sent = survey, labels, books, sent
        self.events: list[Event] = []
        #: The last sight of each leg.
        self.last: dict[str, Sight] = {}
        #: Is there a part of its way where it could not be seen?
        self.hidden = False
        #: The questions about the packet that nobody answered.
        self.unanswered: list[Question] = []
        #: Is the packet in an IP stack that has not yet looked where it goes on to?
        self._unrouted: dict[str, bool] = {}
        self._last_passage: dict[tuple[str, str], Passage] = {}
        self._stamp = 0

    def tell(self, sights: Sequence[Sight], questions: Sequence[Question]) -> None:
        """All of it."""
        waiting = sorted(questions, key=lambda question: question.stamp)
        for index, sight in enumerate(sights):
            if isinstance(sight, Passage):
                while waiting and waiting[0].stamp <= sight.stamp:
                    self._question(waiting.pop(0))
                self._stamp = max(self._stamp, sight.stamp - self.sent)
            self._one(sight, sights[index:])
        for question in waiting:
            self._question(question)

    def unseen(self, space: str, packet: Packet) -> None:
        """A request that no interface and no hook saw: it got stuck in the sender's stack."""
        sight = Passage(REQUEST, space, self.sent, "", False, packet)
        self._begin(sight)
        self.last[REQUEST] = sight

    def refused(self, visits: Sequence[Visit]) -> None:
        """Where nobody answered a question: the rule of a bridge that dropped it, once."""
        dropped = [each for each in visits if each.question and each.dropped]
        if dropped and any(not self._vacant(each) for each in self.unanswered):
            self._visit(dropped[0])
            self.unanswered.clear()

    def _vacant(self, question: Question) -> bool:
        """Could nobody have answered it anyway?"""
        from ..predict import blame  # Not at the top: a prediction is told in a trace's words.

        device = self.survey.interfaces(question.space).get(question.device)
        return device is not None and blame.vacant(self.survey, device, question.address)

    def _one(self, sight: Sight, rest: Sequence[Sight]) -> None:
        leg = sight.leg
        if leg not in self.last:
            self._begin(sight)
        elif self.last[leg].packet.header != sight.packet.header:
            self._rewritten(self.last[leg], sight)
        self._route(sight, rest)
        if isinstance(sight, Visit):
            self._visit(sight)
        else:
            self._passage(sight)
        self.last[leg] = sight

    def _begin(self, sight: Sight) -> None:
        if isinstance(sight, Passage) and not sight.out and sight.leg != REQUEST:
            return  # It comes from where nobody looks, from the internet for one.
        if sight.leg == REPLY and REQUEST in self.last:
            self.hidden = not self._arrived_in(sight.space)
            if self.hidden:
                return
            self.delivered(REQUEST, sight)
        first = sight.packet
        self._add(sight, "send", words.begins(sight.leg, first, self.label(sight.space)))
        self._unrouted[sight.leg] = True

    def _arrived_in(self, space: str) -> bool:
        """Was the request last seen as it came in there?"""
        last = self.last[REQUEST]
        came_in = last.hook in COMING if isinstance(last, Visit) else not last.out
        return last.space == space and came_in

    def delivered(self, leg: str, answer: Sight | None = None) -> None:
        """The packet of a leg has got to somebody."""
        last = self.last[leg]
        packet = last.packet
        text = words.delivered(
            leg, packet, self.label(last.space), answer.packet if answer else None
        )
        self._add(last, "deliver", text)

    def _rewritten(self, before: Sight, now: Sight) -> None:
        text = words.rewritten(now.leg, before.packet, now.packet)
        self._add(now, "rewrite", text, before=before.packet)

    def _route(self, sight: Sight, rest: Sequence[Sight]) -> None:
        """The routing table has been asked by the time that a packet is forwarded or goes out."""
        if not self._unrouted.get(sight.leg):
            return
        if isinstance(sight, Visit):
            if sight.hook not in GOING or sight.family not in _IP:
                return
            device = sight.oif
        else:
            if not sight.out or sight.port:
                return
            device = sight.device
        self._unrouted[sight.leg] = False
        leaves = (s for s in rest if isinstance(s, Passage) and s.out and not s.port)
        leaving = next((s for s in leaves if (s.leg, s.space) == (sight.leg, sight.space)), None)
        device = leaving.device if leaving else device
        via = self._via(sight.space, device, leaving.packet) if leaving else ""
        text = words.routed(self.label(sight.space), device, via)
        self._add(sight, "route", text, device=device, via=via)

    def _via(self, space: str, device: str, packet: Packet) -> str:
        """The next hop: whose MAC address the frame was sent to."""
        known = [n for n in self.survey.neighbours(space) if n.device == device and n.mac]
        ips = [n.ip for n in known if n.mac == packet.macs[1]]
        return "" if packet.dst in ips or not ips else ips[0]

    def _visit(self, visit: Visit) -> None:
        chain = f"{visit.family} {visit.table} {visit.chain}"
        self._add(visit, "hook", words.hook(visit.hook, chain), hook=visit.hook)
        for told in visit.steps:
            self._step(visit, told)

    def _step(self, visit: Visit, told: Traced) -> None:
        book = self.books[visit.space]
        if told.kind == "policy":
            rule, verdict = book.policy(told), told.verdict
            text = words.policy(verdict, visit.hook)
        else:
            rule, verdict = book.rule(told), book.verdict(told)
            text = words.rule(rule, verdict)
        kind = "policy" if told.kind == "policy" else "rule"
        self._add(visit, kind, text, hook=visit.hook, rule=rule, verdict=verdict)

    def _passage(self, passage: Passage) -> None:
        place = (passage.leg, passage.space)
        before = self._last_passage.get(place)
        self._last_passage[place] = passage
        if passage.out and passage.port and before is not None:
            text = words.bridged(passage.master, passage.device)
            self._add(passage, "bridge", text, device=passage.master, via=passage.device)
        device = self.survey.interfaces(passage.space).get(passage.device)
        kind = device.kind if device else ""
        text = words.passage(passage, self.label(passage.space), kind, self._beyond(device))
        self._add(passage, "out" if passage.out else "in", text, device=passage.device)
        if not passage.out and not passage.port and not passage.carried:
            self._unrouted[passage.leg] = True

    def _beyond(self, device: Interface | None) -> str:
        """Where a cable leads to: ``eth0 of web``."""
        end = self.survey.other_end(device) if device and device.kind == "veth" else None
        return words.end_of(end.name, self.label(end.space)) if end else ""

    def _question(self, question: Question) -> None:
        leg = next(reversed(self.last), REQUEST)
        last = self.last.get(leg)
        if last is None or not self._concerns(question):
            return
        self._stamp = max(self._stamp, question.stamp - self.sent)
        if not question.mac:
            self.unanswered.append(question)
        self.events.append(
            Event(
                leg=leg,
                kind="resolve",
                space=question.space,
                label=self.label(question.space),
                text=words.asked(question),
                packet=last.packet,
                device=question.device,
                stamp=self._stamp,
            )
        )

    def _concerns(self, question: Question) -> bool:
        """Is it about the packet: asked where it is, for where it is to go to?"""
        spaces = {last.space for last in self.last.values()}
        ends = {last.packet.dst for last in self.last.values()}
        hops = {route.via for route in self.survey.routes(question.space)}
        return question.space in spaces and question.address in ends | hops

    def _add(self, sight: Sight, kind: str, text: str, **more: object) -> None:
        self.events.append(
            Event(
                leg=sight.leg,
                kind=kind,
                space=sight.space,
                label=self.label(sight.space),
                text=text,
                packet=sight.packet,
                stamp=self._stamp,
                **more,  # type: ignore[arg-type]
            )
        )
