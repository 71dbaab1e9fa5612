"""Climbing the ladder: the rungs in their order, stack by stack, to the first broken one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..findings import Broken
from . import address, bridge, link, listener, neighbour, reply, route, sysctl
from .case import Case
from .path import Hop
from .routing import family_of
from .segment import Segment

Check = Callable[[], Broken | None]


class Climb:
    """What was found on the way up: the first `broken` rung, and those `passed` before it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.passed: list[str] = []
        self.broken: Broken | None = None

    def run(self) -> Broken | None:
        """The first broken rung; None where state shows none."""
        for rung, check in self._all():
            self.broken = check()
            if self.broken:
                break
            if rung not in self.passed:
                self.passed.append(rung)
        return self.broken

    def _all(self) -> Iterator[tuple[str, Check]]:
        case = self.case
        yield "namespace", lambda: None
        yield from ends(case)
        for hop in case.path.hops:
            yield from stack(case, hop)
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
    if out is not None:
        yield "link", lambda: link.is_up(survey, out)
        yield "carrier", lambda: link.has_carrier(survey, out)
        yield "carrier", lambda: link.trail_up(survey, hop.trail)
        yield "bridge", lambda: bridge.passes(survey, hop.trail)
        yield "bridge", lambda: bridge.address_on_port(survey, hop.trail, hop.way.next)
        if not hop.iif:
            yield "address", lambda: address.has_address(survey, out, family_of(hop.to))
        yield "address", lambda: alone(case, hop)
        yield "neighbour", lambda: neighbour.answers(survey, hop)
    yield "route", lambda: route.known(survey, hop)
    if hop.iif:
        yield "sysctl", lambda: sysctl.believes(survey, hop)
    if hop.iif and hop.way.kind != "local":
        yield "sysctl", lambda: sysctl.forwards(survey, hop, case.space)
    if not hop.iif:
        yield "sysctl", lambda: sysctl.routes_loopback(survey, hop)
    if hop.way.kind == "local":
        yield from _heard(case, hop)


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


def _heard(case: Case, hop: Hop) -> Iterator[tuple[str, Check]]:
    if case.transport == "icmp":
        yield "sysctl", lambda: sysctl.echoes(case.survey, hop.space, hop.to)
    elif case.port:
        yield (
            "listener",
            lambda: listener.listens(case.survey, hop.space, case.transport, hop.to, case.port),
        )
