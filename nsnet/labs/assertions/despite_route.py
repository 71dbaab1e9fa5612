"""``despite_route``: a packet is stopped even if its sender has a route for it.

    despite_route: {from: db, to: 203.0.113.1, in: outside, via: 172.18.0.1, by: [ping, "tcp:80"],
                    id: FLT.ROUTE_ONLY}

`in` is the room that has the address `to`. For a moment, `from` gets a route to that one address
by way of `via`; it is taken away again whatever happens. (To one address: it goes before any other
route, and stands in the way of none.) What counts is whether the packet arrives; if it does, and a
rule stops the answer alone, that is FLT.ONE_WAY. A control belongs beside it (`reaches`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from ...diagnose.findings import Broken
from ...kernel.apply import apply, undo_all
from ...kernel.errors import KernelError
from ...plan.steps.address import AddRoute
from ..situation import Situation
from ..verdict import Verdict
from ._arrival import Arrival, one_way, send
from ._asked import missing
from ._given import known, one, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it stopped?"""
    known(given, "from", "to", "in", "via", "by", "id")
    source, target = str(one(given, "from")), str(one(given, "in"))
    at.look()
    absent = missing(at, source, target)
    if absent:
        return Verdict(False, absent)
    to, via = str(one(given, "to")), str(one(given, "via"))
    lines = []
    for by in texts(given, "by") or ["ping", "tcp:80"]:
        with _route(at, source, to, via):
            found = send(at, source, target, to, by)
        lines.append(at.say("with-route", via=via, line=found.line))
        if found.arrived:
            cause = _why(found, to, str(given.get("id", "FLT.ROUTE_ONLY")))
            return Verdict(False, cause, tuple(lines))
    return Verdict(True, None, tuple(lines))


@contextmanager
def _route(at: Situation, source: str, to: str, via: str) -> Iterator[None]:
    """A route to one address, for the time of the block."""
    key = at.key(source) or ""
    device = _towards(at, key, via)
    if device is None:
        raise KernelError(f"{source} has no interface on the network of {via}")
    if any(each.destination in (to, f"{to}/32") for each in at.survey.routes(key)):
        yield  # It has one: nothing to add, and nothing to take away.
        return
    index = at.survey.interfaces(key)[device].index
    step = AddRoute(key, f"{to}/32", via, device, index)
    try:
        apply(at.stack, [step])
        at.stack.enter("")
        yield
    finally:
        at.stack.enter("")
        undo_all(at.stack, [step.inverse()])
        at.stack.enter("")


def _towards(at: Situation, key: str, via: str) -> str | None:
    """The interface on whose network `via` is."""
    hop = ip_address(via)
    found = [a for a in at.survey.addresses(key) if hop in a.interface.network]
    return found[0].device if found else None


def _why(found: Arrival, to: str, name: str) -> Broken:
    event = found.answer_stopped
    if event is not None:
        return one_way(event, found.target, found.source)
    facts = {"source": found.source, "to": to, "space": found.source}
    return Broken(name, "filter", facts, ("nft -a list ruleset",))
