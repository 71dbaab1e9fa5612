"""``default_routes``: how many ways out rooms have.

    default_routes: {in: [db, app], number: 0}      # or 1

The diagnoses are L3.DEFAULT_LEFT, L3.NO_DEFAULT and L3.TWO_DEFAULTS. IPv4, the main table.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Broken
from ...kernel.survey.model import Route
from ..situation import Situation
from ..verdict import Verdict, passed
from ._asked import missing
from ._given import known, one, texts

_MAIN = 254


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Has each so many?"""
    known(given, "in", "number")
    names, number = texts(given, "in"), int(one(given, "number"))
    at.look()
    absent = missing(at, *names)
    if absent:
        return Verdict(False, absent)
    lines = []
    for name in names:
        found = [each for each in at.survey.routes(at.key(name) or "") if _leads_out(each)]
        told = ", ".join(each.via or each.device for each in found) or "-"
        lines.append(at.say("default-routes", space=name, routes=told))
        wrong = _wrong(name, found, number)
        if wrong:
            return Verdict(False, wrong, tuple(lines))
    return passed(*lines)


def _leads_out(route: Route) -> bool:
    main = route.family == socket.AF_INET and route.table == _MAIN
    return main and route.destination == "default" and route.kind == "unicast"


def _wrong(name: str, found: list[Route], number: int) -> Broken | None:
    if len(found) == number:
        return None
    see = (f"ip -n {name} route",)
    hops = [each.via or each.device for each in found]
    if not number:
        return Broken("L3.DEFAULT_LEFT", "route", {"space": name, "via": hops[0]}, see)
    if not hops:
        return Broken("L3.NO_DEFAULT", "route", {"space": name, "to": "0.0.0.0/0"}, see)
    facts = {"space": name, "one": hops[0], "other": hops[1]}
    return Broken("L3.TWO_DEFAULTS", "route", facts, see)
