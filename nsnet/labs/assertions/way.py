"""``way``: the routes of a stack send what is for an address to a certain gateway.

    way: {in: c1, to: 8.8.8.8, via: 172.17.0.1}

As the kernel would decide: it does not matter by which routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder.routing import way
from ...diagnose.ladder.see import at as command_at
from ..situation import Situation
from ..verdict import Broken, Verdict, broken, passed
from ._asked import missing
from ._given import known, one


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is that the next hop?"""
    known(given, "in", "to", "via", "id")
    space, to, via = str(one(given, "in")), str(one(given, "to")), str(one(given, "via"))
    at.look()
    absent = missing(at, space)
    if absent:
        return Verdict(False, absent)
    key = at.key(space) or ""
    see = (command_at(at.survey, key, f"ip route get {to}"),)
    there = way(at.survey, key, to)
    if there.kind in ("none", "forbidden"):
        return broken("L3.NO_DEFAULT", "route", see=see, space=space, to=to)
    if there.route and there.route.via == via:
        return passed(f"{space} sends what is for {to} to {via}, by {there.device}")
    facts = {"space": space, "to": to, "device": there.device, "wanted": via}
    if there.route and there.route.via:
        id = str(given.get("id", "L3.OTHER_GATEWAY"))
        return Verdict(False, Broken(id, "route", facts | {"found": there.next}, see))
    return Verdict(False, Broken("L3.NO_GATEWAY", "route", facts, see))
