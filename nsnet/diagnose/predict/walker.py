"""`predict`: a request, and what comes back."""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface, Listener
from ...value import replace
from ..nft.subject import turned
from ..place import Place, Target
from ..said import said
from ..trace import words
from ..walk import Packet, Walk
from . import reasons
from .stack import Stacks
from .story import Flight, Lost, Story

_FLAGS = {"tcp": "S", "icmp": "echo-request", "udp": ""}
_TTL = 64
#: The outcomes of walks, in a sentence.
_ENDS = {
    "answered": said("answered"),
    "refused": said("refused"),
    "lost": said("lost"),
    "unsent": said("unsent"),
}
_CAME = {"tcp": said("connected"), "icmp": said("echo reply")}
#: So many targets of a lot are tried at most.
_CHOICES = 8


def predict(
    survey: Survey, source: Place, target: Target, protocol: str, sport: int = 40000
) -> Walk:
    """The walk of a packet and of the answer to it. `protocol` is ``icmp``, ``tcp`` or ``udp``;
    `sport` stands for the port that the kernel would choose."""
    walker = _Walker(survey, source, target)
    outcome, answer = walker.walk(protocol, sport)
    story = walker.story
    if story.choices > 1:
        others = range(1, min(story.choices, _CHOICES))
        ends = {_Walker(survey, source, target, n).walk(protocol, sport)[0] for n in others}
        _compare(story, outcome, ends)
    return Walk(
        source=source,
        target=target,
        events=tuple(story.events),
        outcome=outcome,
        answer=answer,
        notes=tuple(story.notes),
    )


def _compare(story: Story, outcome: str, ends: set[str]) -> None:
    """Does it end the same way, whatever target the kernel chooses?"""
    note = said("a rule chooses one of {count} targets by lot or hash: one is shown",
                count=story.choices)  # fmt: skip
    if ends == {outcome}:
        story.notes.append(said("{note}; with the others it ends likewise", note=note))
        return
    first, *rest = (_ENDS.get(each, each) for each in sorted(ends))
    for each in rest:
        first = said("{one} or {other}", one=first, other=each)
    story.notes.append(said("{note}; with others it ends otherwise: {ends}", note=note, ends=first))
    start = story.forked
    story.events[start:] = [replace(each, sure=False) for each in story.events[start:]]


class _Walker:
    def __init__(self, survey: Survey, source: Place, target: Target, choice: int = 0) -> None:
        names = {source.space: source.label}
        if target.place:
            names.setdefault(target.place.space, target.place.label)
        self.story = Story(survey, names, choice)
        self._survey, self._source, self._target = survey, source, target
        self._stacks = Stacks(survey, self.story)

    def walk(self, protocol: str, sport: int) -> tuple[str, str]:
        """(the outcome, the answer in words)."""
        echo = protocol == "icmp"
        packet = Packet(
            protocol,
            "",
            self._target.address,
            0 if echo else sport,
            0 if echo else self._target.port,
            _FLAGS[protocol],
            ttl=_TTL,
        )
        flight = Flight(self._source.space, packet, "request")
        try:
            got = self._stacks.send(flight)
        except Lost as lost:
            return self._told(lost, self._how(protocol), self._origin(packet))
        asked = next(event.packet for event in self.story.events if event.kind == "send")
        return self._answer(flight, got, asked)

    def _how(self, protocol: str) -> str:
        """Has the sender's kernel told its program at once? TCP tries again when a rule of the
        output hook drops its packet; what other protocols send is refused with EPERM."""
        events = self.story.events
        if any(event.kind in ("out", "resolve") for event in events):
            return "lost"
        if not any(event.kind == "route" for event in events):
            return "unsent"
        hooks = [event.hook for event in events if event.kind == "hook"]
        ruled = hooks[-1:] == ["output"] and not events[-1].reason.startswith("L1.")
        return "unsent" if protocol != "tcp" and ruled else "lost"

    def _origin(self, packet: Packet) -> Packet:
        sends = (event.packet for event in self.story.events if event.kind == "send")
        return next(sends, packet)

    def _answer(self, flight: Flight, got: Interface, asked: Packet) -> tuple[str, str]:
        packet = flight.packet
        reply = self._reply(flight, got)
        at = self.story.label(flight.space)
        text = words.delivered("request", packet, at, reply)
        if packet.protocol == "udp" and reply and reply.protocol == "icmp":
            text = words.unheard(at, packet.dport)
        self.story.tell(flight, "deliver", text, device=got.name)
        if reply is None:
            text = said("{label} is told to ignore pings", label=at)
            self.story.lose(flight, text, "SYSCTL.ECHO_IGNORED")
            return "lost", ""
        leg = "error" if reply.protocol == "icmp" and packet.protocol != "icmp" else "reply"
        back = Flight(flight.space, reply, leg)
        return self._return(back, asked)

    def _reply(self, flight: Flight, got: Interface) -> Packet | None:
        """What comes of a packet at the stack that it is for."""
        packet = flight.packet
        back = replace(turned(packet), ttl=_TTL, macs=("", ""), size=0)
        if packet.protocol == "icmp":
            six = ":" in packet.dst
            name = "net.ipv6.icmp.echo_ignore_all" if six else "net.ipv4.icmp_echo_ignore_all"
            ignored = self._survey.sysctl(flight.space, name) == "1"
            return None if ignored else replace(back, flags="echo-reply")
        open_ = any(
            listener.protocol == packet.protocol
            and listener.port == packet.dport
            and _bound(listener, packet.dst)
            for listener in self._survey.listeners(flight.space)
        )
        if packet.protocol == "tcp":
            return replace(back, flags="SA" if open_ else "RA")
        return back if open_ else reasons.icmp(packet, "port-unreachable", packet.dst)

    def _return(self, flight: Flight, asked: Packet) -> tuple[str, str]:
        refusal = flight.leg == "error" or "R" in flight.packet.flags
        try:
            if flight.port:
                self._stacks.back_by_port(flight, flight.port)
            else:
                self._stacks.send(flight)
        except Lost:
            return "lost", ""
        return self._got(flight, asked, refusal)

    def _got(self, flight: Flight, asked: Packet, refusal: bool) -> tuple[str, str]:
        """Is what came back an answer to what was asked?"""
        label = self.story.label(flight.space)
        packet = flight.packet
        expected = turned(asked).header[:5]
        if flight.space != self._source.space or (
            flight.leg == "reply" and packet.header[:5] != expected
        ):
            text = said("{label} has asked nobody at {source}: the answer came by another way",
                        label=label, source=packet.src)  # fmt: skip
            self.story.lose(flight, text, "NAT.BRNF_SHORTCUT")
            return "lost", ""
        self.story.tell(flight, "deliver", words.delivered(flight.leg, packet, label, None))
        if not refusal:
            return "answered", _CAME.get(packet.protocol, said("an answer"))
        if packet.protocol == "tcp":
            return "refused", said("connection refused")
        error = packet.flags.replace("-", " ")
        return "refused", said("{error}, said by {by}", error=error, by=packet.src)

    def _told(self, lost: Lost, outcome: str, asked: Packet) -> tuple[str, str]:
        """A packet has ended, and somebody tells its sender."""
        if lost.told is None:
            return outcome, ""
        return self._return(lost.told, asked)


def _bound(one: Listener, called: str) -> bool:
    """Does a socket take what is sent to `called`? One that is bound to ``::`` takes IPv4, too,
    unless it was told not to."""
    if one.address == "::":
        return ":" in called or not one.six_only
    own = ip_address(one.address)
    return own == ip_address(called) or (one.address == "0.0.0.0" and ":" not in called)
