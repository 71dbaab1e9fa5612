"""The way that a packet would take from stack to stack, hop by hop, as far as anybody has the
address of the next one. Only what is plugged where, addresses and routes; whether it is let
through is for the rungs to say."""

from __future__ import annotations

from collections.abc import Callable

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...value import Value
from .routing import Way, way
from .segment import Segment, Trail

#: More routers than this are a circle.
_MOST = 12

#: (space, interface it came in by, source, destination) → the two when it leaves that stack.
Rewrite = Callable[[str, str, str, str], tuple[str, str]]


class Hop(Value):
    """One stack on the way. `iif` is the interface that the packet came in by ("" for the one
    that sends it), `source` and `to` are its addresses as they are routed there: `called` is what
    it was sent to before this stack rewrote it; a source is rewritten after routing. `out` is the
    interface that it leaves by, and `trail` all the interfaces from there to the next stack's
    (empty: nobody there has the address of the next hop)."""

    space: str
    iif: str
    source: str
    to: str
    called: str
    way: Way
    out: Interface | None = None
    trail: Trail = ()

    @property
    def entered(self) -> Interface | None:
        """The interface of the next stack that the packet comes in by."""
        return self.trail[-1] if self.trail else None


class Path(Value):
    """`end` is ``local`` (it has arrived), ``route`` (the last stack has no route),
    ``neighbour`` (nobody answers for the next hop), ``beyond`` (it leaves what can be seen) or
    ``circle``."""

    hops: tuple[Hop, ...]
    end: str

    @property
    def last(self) -> Hop:
        """The last stack that it comes to."""
        return self.hops[-1]


def path(survey: Survey, space: str, source: str, to: str, rewrite: Rewrite) -> Path:
    """The path of a packet that a program in `space` sends."""
    hops: list[Hop] = []
    iif = ""
    while len(hops) < _MOST:
        called, own = to, source
        source, to = rewrite(space, iif, source, to)
        there = way(survey, space, to, own, iif)
        hop = Hop(space, iif, own, to, called, there)
        if there.kind != "out":
            return Path((*hops, hop), "local" if there.kind == "local" else "route")
        out = survey.interfaces(space).get(there.device)
        if out is None:
            return Path((*hops, hop), "route")
        trail, end = _next(survey, out, there.next)
        hops.append(Hop(space, iif, own, to, called, there, out, trail))
        if not trail:
            return Path(tuple(hops), end)
        space, iif = trail[-1].space, trail[-1].name
    return Path(tuple(hops), "circle")


def _next(survey: Survey, out: Interface, address: str) -> tuple[Trail, str]:
    """Who on the segment has the address of the next hop, or what it means that nobody has."""
    segment = Segment(survey, out)
    found = segment.holders(address)
    if found:
        return found[0], ""
    return (), "beyond" if _opens(survey, segment) else "neighbour"


def _opens(survey: Survey, segment: Segment) -> bool:
    """Does the segment go on where a survey cannot look: a real network card, a cable into an
    unknown namespace?"""
    seen = [segment.start, *(each for trail in segment.ends.values() for each in trail)]
    for each in seen:
        if each.kind == "" and not each.loopback:
            return True
        if each.kind in ("tun", "wireguard", "bond", "vlan", "ppp"):
            return True
        if each.kind == "veth" and each.peer and each.peer_space is None:
            return True
    ports = (p for b in segment.bridges() for p in survey.interfaces(b.space).values())
    return any(p.master and p.kind == "" for p in ports)
