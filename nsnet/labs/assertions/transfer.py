"""``transfer``: a long answer arrives whole, not only a short one.

    transfer: {from: office, to: c1, bytes: 100000, id: MTU.MSS}

`to` calls `from` on a port of its own (TCP), and `from` sends: a download. `address` is
the one that is called, if `from` has several.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...kernel.transfer import transfer
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from . import reaches
from ._asked import missing
from ._given import known, one

_BYTES = 100_000
_WAIT = 1.5


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Does it arrive?"""
    known(given, "from", "to", "address", "bytes", "id")
    source, to, size = str(one(given, "from")), str(one(given, "to")), int(given.get("bytes", 0))
    at.look()
    absent = missing(at, source, to)
    if absent:
        return Verdict(False, absent)
    size = size or _BYTES
    address = str(given.get("address") or at.places.target(source, at.places.source(to)).address)
    spaces = at.survey.spaces()
    sender, taker = (spaces[key].path if key else "" for key in (at.key(source), at.key(to)))
    at.stack.enter("")
    found = transfer(sender, taker, address, size, _WAIT)
    line = f"{to} ← {source} (tcp, {size} bytes): {found.arrived} arrived"
    if found.arrived >= size:
        return passed(line)
    if not found.connected:
        control = reaches.check(at, {"from": to, "to": address, "by": "ping"})
        if control.passed is not True:
            return control
    facts = {"source": source, "space": to, "to": to, "size": found.mss + 40, "mss": found.mss}
    facts |= {"bytes": size, "arrived": found.arrived, "address": address}
    see = (f"ip netns exec {source} ss -ti",)
    return broken(str(given.get("id", "MTU.MSS")), "size", see=see, probes=(line,), **facts)
