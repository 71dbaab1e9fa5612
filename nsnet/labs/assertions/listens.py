"""``listens``: a program takes calls in a certain space, not elsewhere.

    listens: {in: host, address: 203.0.113.2, port: 80, elsewhere: MODE.HAS_OWN_NS}

A socket belongs to the network namespace that its program was in when it opened it, so the table
of listeners tells where a program is. `address` is one that it must be callable at. `elsewhere` is
the diagnosis where somebody listens on the port in a space that the scene did not make, or on the
host. A program that has just been started gets a moment.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Broken
from ...diagnose.ladder.listener import listens
from ...plan.outside import NAME as OUTSIDE
from ...value import replace
from ..exercise import filled
from ..scene.scene import port_of
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._asked import missing
from ._given import known, one

#: So long a program may take to start, in seconds.
_PATIENCE = 1.5


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Does it listen there?"""
    known(given, "in", "address", "port", "elsewhere")
    space, address = str(one(given, "in")), str(one(given, "address"))
    protocol, _, port = port_of(str(one(given, "port")))
    until = time.monotonic() + _PATIENCE
    while True:
        at.look()
        absent = missing(at, space)
        if absent:
            return Verdict(False, absent)
        found = listens(at.survey, at.key(space) or "", protocol, address, port)
        if found is not None:  # The stack may have several names: told is the one that was asked.
            found = replace(found, facts={**found.facts, "space": space})
        if found is None:
            return passed(f"a program listens on {port}/{protocol} in {space}")
        if found.id != "APP.NOT_LISTENING" or time.monotonic() > until:
            return Verdict(False, _elsewhere(at, given, protocol, port) or found)
        time.sleep(0.1)


def _elsewhere(at: Situation, given: Mapping[str, Any], protocol: str, port: int) -> Broken | None:
    space = str(given["in"])
    if "elsewhere" not in given:
        return None
    made = {OUTSIDE, *(filled(at.exercise.scene, at.values).get("rooms") or {})} - {space}
    for key, other in at.survey.spaces().items():
        if key == (at.key(space) or "") or made.intersection(other.names):
            continue
        if any((x.protocol, x.port) == (protocol, port) for x in at.survey.listeners(key)):
            see = tuple(
                f"{x}ss -lnp"
                for x in (other.prefix, at.survey.spaces()[at.key(space) or ""].prefix)
            )
            id = str(given["elsewhere"])
            return broken(id, "namespace", see=see, space=other.label, other=space).broken
    return None
