"""Climbing the ladder: the rungs in their order, stack by stack, to the first broken one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..findings import RUNGS, Broken
from . import address, bridge, filter, link, nat, neighbour, reply, route, sysctl, vxlan
from .case import Case
from .path import Hop
from .routing import family_of
from .seen import Seen
from .segment import Segment
from .watch import foresee, see

Check = Callable[[], Broken | None]


class Climb:
    """What was found on the way up: the first `broken` rung, and those `passed` before it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.passed: list[str] = []
        self.broken: Broken | None = None

    def run(self, seen: Seen | None = None) -> Broken | None:
        """The first broken rung; None where none is found.

        What is wrong with the sender and its segment, its state tells. Beyond that, rules may
        rewrite the packet: it is sent once more and watched, unless it was `seen` already.
        """
        case = self.case
        if self._up(_sender(case)):
            self.passed = [rung for rung in self.passed if rung in self._below()]
            return self.broken
        case.watch(seen or see(case))
        if case.seen is not None and case.seen.arrived:
            return None
        if not self._up(_beyond(case)):
            self._guess()
        if self.broken:
            self.passed = [rung for rung in self._below() if rung != "name"]
        return self.broken

    def _below(self) -> tuple[str, ...]:
        """The rungs below the broken one. (A missing route may be found to lie at a link.)"""
        return RUNGS[: RUNGS.index(self.broken.rung)] if self.broken else RUNGS

    def _guess(self) -> None:
        """On a busy machine a trace may miss the end. What would be expected?"""
        seen = self.case.seen
        foreseen = foresee(self.case)
        if not foreseen.arrived:
            self.case.watch(foreseen)
            if self._up(_beyond(self.case)):
                self.case.notes.append("predicted")
                return
        if seen is not None:
            self.case.watch(seen)

    def _up(self, rungs: Iterator[tuple[str, Check]]) -> Broken | None:
        for rung, check in rungs:
            self.broken = check()
            if self.broken:
                break
            if rung not in self.passed:
                self.passed.append(rung)
        return self.broken


def _sender(case: Case) -> Iterator[tuple[str, Check]]:
    """The rungs up to the first router."""
    yield "namespace", lambda: None
    yield from ends(case)
    first = case.path.hops[0]
    if first.way.kind != "local":
        yield from stack(case, first)


def _beyond(case: Case) -> Iterator[tuple[str, Check]]:
    """The rungs of the whole way, of the packet as the rules rewrite it."""
    seen = case.seen
    if seen is None:
        return
    yield "filter", lambda: filter.lets_pass(case, seen)
    yield "nat", lambda: nat.only_own(case, seen)
    yield "nat", lambda: nat.alive(case, seen)
    first, *others = case.path.hops
    yield from stack(case, first)
    yield "nat", lambda: nat.turns_round(case, seen)
    yield "nat", lambda: nat.not_from_loopback(case, seen)
    for hop in others:
        yield from stack(case, hop)
    yield "route", lambda: route.ends(case.survey, case.path)
    yield "nat", lambda: nat.no_short_cut(case, seen)
    yield "listener", lambda: nat.published(case, seen)
    if case.transport == "icmp" and case.path.end == "local":
        last = case.path.last
        yield "sysctl", lambda: sysctl.echoes(case.survey, last.space, last.to)
    yield from reply.back(case)


def ends(case: Case) -> Iterator[tuple[str, Check]]:
    """The rungs of the sender and of whoever is called, before there is any way between them."""
    survey, there = case.survey, case.target.place
    others = [there.space] if there else []
    if case.first.kind == "local" or case.address.startswith("127.") or case.address == "::1":
        yield "link", lambda: link.loopback_up(survey, case.space)
        return
    yield "link", lambda: link.plugged_in(survey, case.space, others)
    if there and there.space and there.space != case.space:
        yield "link", lambda: link.plugged_in(survey, there.space, [case.space])


def stack(case: Case, hop: Hop) -> Iterator[tuple[str, Check]]:
    """The rungs of one stack on the way, for the packet that goes through it."""
    survey, out = case.survey, hop.out
    if hop.iif:
        yield "sysctl", lambda: sysctl.believes(survey, hop)
    if hop.iif and hop.way.kind != "local":
        yield "sysctl", lambda: sysctl.forwards(survey, hop, case.space)
    if out is not None:
        yield "link", lambda: link.is_up(survey, out)
        yield "carrier", lambda: link.has_carrier(survey, out)
        yield "carrier", lambda: link.trail_up(survey, hop.trail)
        yield "bridge", lambda: bridge.unplugged(survey, hop)
        yield "bridge", lambda: bridge.passes(survey, hop.trail)
        yield "bridge", lambda: vxlan.carried(survey, hop.trail)
        yield "bridge", lambda: bridge.address_on_port(survey, hop.trail, hop.way.next)
        if not hop.iif:
            yield "address", lambda: address.has_address(survey, out, family_of(hop.to))
        yield "address", lambda: alone(case, hop)
        yield "neighbour", lambda: neighbour.answers(survey, hop)
    yield "route", lambda: route.known(survey, hop)
    if not hop.iif:
        yield "sysctl", lambda: sysctl.routes_loopback(survey, hop)


def alone(case: Case, hop: Hop) -> Broken | None:
    """Is the next hop's address, and the sender's own, there once?"""
    if hop.out is None or not hop.trail:
        return None
    segment = Segment(case.survey, hop.out)
    found = address.unique(case.survey, segment, hop.way.next)
    own = [a.ip for a in case.survey.addresses(hop.space) if a.device == hop.out.name]
    if found is None and hop.source in own:
        found = address.unique(case.survey, segment, hop.source)
    return found
