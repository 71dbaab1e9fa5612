"""``apart``: nothing gets from one room to the other, in neither direction.

    apart: {rooms: {c1: 172.17.0.2, c3: 172.18.0.2}, by: [ping, "tcp:80", "udp:53"], id: FLT.OPEN,
            ends_in: host}

What counts is whether the request arrives, not whether it is answered. `ends_in` is the room in
which it has to be stopped: a wall in the container itself is one that its root takes down. A
control belongs beside it (`reaches`): without one, a machine on which nothing works would pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Broken
from ...value import replace
from ..situation import Situation
from ..verdict import Verdict
from ._arrival import Arrival, elsewhere, one_way, router, send, unheard
from ._asked import missing
from ._given import known, one, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Does neither arrive?"""
    known(given, "rooms", "by", "id", "ends_in")
    rooms = {str(name): str(address) for name, address in one(given, "rooms").items()}
    at.look()
    absent = missing(at, *rooms)
    if absent:
        return Verdict(False, absent)
    (here, own), (there, other) = rooms.items()
    lines: list[str] = []
    for by in texts(given, "by") or ["ping", "tcp:80"]:
        go = send(at, here, there, other, by)
        back = send(at, there, here, own, by)
        lines += [go.line, back.line]
        if go.arrived or back.arrived:
            name = str(given.get("id", "FLT.OPEN"))
            return Verdict(False, _why(at, go, back, name), tuple(lines))
        if "ends_in" in given:
            ends = (elsewhere(at, each.walk, str(given["ends_in"])) for each in (go, back))
            misplaced = next(filter(None, ends), None)
            if misplaced:
                return Verdict(False, misplaced, tuple(lines))
    return Verdict(True, None, tuple(lines))


def _why(at: Situation, go: Arrival, back: Arrival, name: str) -> Broken:
    through, other = (go, back) if go.arrived else (back, go)
    between = router(at, through)
    if between:
        facts = {"space": between, "from": through.source, "to": through.target}
        see = (f"ip netns exec {between} sysctl net.ipv4.ip_forward",)
        return Broken("SYSCTL.CTR_FORWARDS", "sysctl", facts, see)
    if not other.arrived and other.stopped:
        return one_way(other.stopped, other.source, other.target)
    found = unheard(at, through)
    return found or replace(_OPEN, id=name, facts={"source": through.source, "to": through.target})


_OPEN = Broken("FLT.OPEN", "filter", {}, ("nft -a list ruleset",))
