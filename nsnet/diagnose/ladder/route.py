"""The rung of the route: does a stack know where to send it?"""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..findings import Broken
from .address import has_address, whole_prefix
from .link import has_carrier, is_up, wires
from .path import Hop, Path
from .routing import defaults, family_of
from .see import at, label


def known(survey: Survey, hop: Hop) -> Broken | None:
    """Is there a route? Without one the cause may lie deeper: in a link that is down, in an
    address that is missing."""
    if hop.way.kind == "forbidden":
        facts = _facts(survey, hop)
        facts["route"] = hop.way.route.kind if hop.way.route else "rule"
        return Broken("L3.ROUTE_FORBIDS", "route", facts, _see(survey, hop))
    if hop.way.kind != "none":
        return None
    family = family_of(hop.to)
    found = [w for w in wires(survey, hop.space) if not w.master] if hop.space else []
    return _deeper(survey, found, family, hop.to) or _missing(survey, hop, found)


def ends(survey: Survey, path: Path) -> Broken | None:
    """Does the way end somewhere, or do routers send it to each other?"""
    if path.end != "circle":
        return None
    first, *others = reversed(path.hops)
    back = next((n for n, hop in enumerate(others, 1) if hop.space == first.space), len(others))
    round_trip = [first, *others][: back + 1][::-1]
    facts = {
        "to": first.to,
        "circle": " → ".join(label(survey, hop.space) for hop in round_trip),
    }
    see = tuple(at(survey, hop.space, f"ip route get {hop.to}") for hop in round_trip[1:])
    return Broken("L3.ROUTE_LOOP", "route", facts, see)


def _deeper(survey: Survey, found: list[Interface], family: int, to: str) -> Broken | None:
    """What is wrong with all the interfaces that the route could have led to; or with a single
    cable, if there is no default route: with its link or address, the kernel drops the routes
    that lean on it."""
    checks = (
        [is_up(survey, w) for w in found],
        [has_carrier(survey, w) for w in found],
        [has_address(survey, w, family) for w in found],
        [whole_prefix(survey, w, to) for w in found],
    )
    every = next((broken[0] for broken in checks if broken and all(broken)), None)
    if every or not found or defaults(survey, found[0].space, family):
        return every
    cables = {w.name for w in found if w.kind == "veth"}
    single = (b for broken in checks for b in broken if b and b.facts["device"] in cables)
    return next(single, None)


def _missing(survey: Survey, hop: Hop, found: list[Interface]) -> Broken:
    facts = _facts(survey, hop)
    see = (at(survey, hop.space, "ip route"), *_see(survey, hop))
    flapped = [w for w in found if w.flaps > 1]
    if flapped and not defaults(survey, hop.space, family_of(hop.to)):
        facts["device"] = flapped[0].name
        return Broken("L3.ROUTE_LOST_ON_FLAP", "route", facts, see)
    return Broken("L3.NO_DEFAULT", "route", facts, see)


def _facts(survey: Survey, hop: Hop) -> dict[str, str]:
    return {"space": label(survey, hop.space), "to": hop.to}


def _see(survey: Survey, hop: Hop) -> tuple[str, ...]:
    return (at(survey, hop.space, f"ip route get {hop.to}"),)
