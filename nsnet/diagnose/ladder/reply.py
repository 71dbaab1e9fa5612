"""The rungs of the way back: an answer needs routes and permission as the question does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from itertools import pairwise

from ..findings import Broken
from . import bridge, link, nat, neighbour, route, sysctl
from .case import Case
from .path import Hop, Path, path
from .routing import leads_out
from .see import at, label

Check = Callable[[], Broken | None]


def back(case: Case) -> Iterator[tuple[str, Check]]:
    """The rungs of the answer, from where the question arrived."""
    there = case.path.last
    if case.path.end == "beyond":
        yield "nat", lambda: _known_beyond(case)
    if case.path.end != "local" or not there.source:
        return
    answer = way_back(case)
    yield "nat", lambda: _source_returns(case, answer)
    for hop in answer.hops:
        yield from _hop(case, hop)
    yield "route", lambda: route.ends(case.survey, answer)
    yield "nat", lambda: _undone_where_done(case, answer)


def _source_returns(case: Case, answer: Path) -> Broken | None:
    """Does an answer to the new source come back to the stack that gave it to the question?"""
    survey = case.survey
    for hop, after in pairwise(case.path.hops):
        if not hop.source or hop.source == after.source:
            continue
        if any(each.space == hop.space for each in answer.hops):
            continue
        facts = {
            "router": label(survey, hop.space),
            "source": hop.source,
            "seen": after.source,
        }
        see = (
            at(survey, hop.space, "nft -a list ruleset"),
            at(survey, answer.last.space, f"ip route get {after.source}"),
        )
        return Broken("NAT.WRONG_SOURCE", "nat", facts, see)
    return None


def _undone_where_done(case: Case, answer: Path) -> Broken | None:
    """Does the answer pass the stack that gave the question another destination?"""
    hop = nat.rewriting(case)
    if hop is None or answer.end != "local" or any(x.space == hop.space for x in answer.hops):
        return None
    facts = {
        "space": label(case.survey, case.path.last.space),
        "source": case.path.last.source,
        "router": label(case.survey, hop.space),
    }
    see = (
        at(case.survey, case.path.last.space, f"ip route get {case.path.last.source}"),
        at(case.survey, hop.space, "nft -a list ruleset"),
    )
    return Broken("MESH.NO_SNAT", "nat", facts, see)


def _hop(case: Case, hop: Hop) -> Iterator[tuple[str, Check]]:
    survey = case.survey
    yield "route", lambda: _known(case, hop)
    if hop.out is not None:
        yield "carrier", lambda: link.trail_up(survey, hop.trail)
        yield "bridge", lambda: bridge.passes(survey, hop.trail)
        yield "neighbour", lambda: neighbour.answers(survey, hop)
    if hop.iif:
        yield "sysctl", lambda: sysctl.believes(survey, hop)
    if hop.iif and hop.way.kind != "local":
        yield "sysctl", lambda: sysctl.forwards(survey, hop, case.space)


def _known_beyond(case: Case) -> Broken | None:
    """What leaves for a place that cannot be seen from here needs a source that is known there."""
    last = case.path.last
    sent = case.seen.rewritten(last.space, last.source, last.to)[0] if case.seen else last.source
    if not last.iif or not sent or not ip_address(sent).is_private or sent != last.source:
        return None
    return nat.hidden(case, last, last.space)


def way_back(case: Case) -> Path:
    """The path of the answer. Each stack that rewrote the question rewrites the answer."""
    there = case.path.last
    return path(case.survey, there.space, there.to, there.source, _undone(case))


def _undone(case: Case) -> Callable[[str, str, str, str], tuple[str, str]]:
    forward = list(zip(case.path.hops, case.path.hops[1:], strict=False))

    def rewrite(space: str, iif: str, source: str, to: str) -> tuple[str, str]:
        for hop, after in forward:
            if hop.space == space and after.source == to and hop.source != after.source:
                to = hop.source
        for hop in case.path.hops:
            if hop.space == space and hop.to == source and hop.called != hop.to:
                source = hop.called
        return source, to

    return rewrite


def _known(case: Case, hop: Hop) -> Broken | None:
    """Is there a route for the answer? If not, was it the sender's own address that was to be
    hidden, or does the one who is called lack a route?"""
    found = route.known(case.survey, hop)
    if found is None or found.id not in ("L3.NO_DEFAULT", "L3.ROUTE_LOST_ON_FLAP"):
        return found
    there = [each.space for each in case.path.hops]
    before = there.index(hop.space) - 1 if hop.space in there else 0
    router = case.path.hops[before] if before > 0 else None
    hidden = bool(ip_address(hop.to).is_private)
    if router and hidden and _is_outside(case, router):
        return nat.hidden(case, router, hop.space)
    return Broken("L3.NO_ROUTE_BACK", "route", found.facts, found.see)


def _is_outside(case: Case, router: Hop) -> bool:
    """Does the router send it out of the house?"""
    return router.out is not None and leads_out(case.survey, router.out, case.family)
