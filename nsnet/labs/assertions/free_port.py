"""``free_port``: a program of a room could have this port, on all of its addresses.

    free_port: {in: [web, db], port: 53/udp, id: DNS.PORT_TAKEN}

A listener of ours has it until the checks are over: those after this one are made beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..scene.scene import port_of
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._asked import missing
from ._given import known, one, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Can it be had?"""
    known(given, "in", "port", "id")
    names, word = texts(given, "in"), str(one(given, "port"))
    at.look()
    absent = missing(at, *names)
    if absent:
        return Verdict(False, absent)
    protocol, address, port = port_of(word)
    for name in names:
        if not at.serve(name, port, protocol, address):
            see = (f"ip netns exec {name} ss -lnp{protocol[0]}",)
            return broken(str(one(given, "id")), "listener", see=see, space=name, port=word)
    return passed(*(f"a program of {name} can listen on {word}" for name in names))
