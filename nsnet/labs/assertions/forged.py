"""``forged``: who forges a call to somebody's loopback is not answered.

    forged: {from: outside, over: 203.0.113.2, to: "127.0.0.1:5432",
             serve: ["host@127.0.0.1:5432"], control: "203.0.113.2:8080"}

The frame goes to the MAC address of whoever has the address `over`, which is on the sender's
network; the packet in it is for `to`. An honest stack sends no such packet, so this is done by
hand. `control` must be answered in the same way, else nothing can be said. A refusal is no answer:
nobody got through to a program. `id` is the diagnosis, SEC.REMOTE_LOOPBACK by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder.routing import source_for, way
from ...kernel.errors import KernelError
from ...kernel.forged import Forgery, send
from ..situation import Situation
from ..verdict import Broken, Verdict, broken
from ._asked import missing, serve
from ._given import known, one, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it left without an answer?"""
    known(given, "from", "over", "to", "serve", "control", "id")
    source, over = str(one(given, "from")), str(one(given, "over"))
    absent = missing(at, source)
    if absent:
        return Verdict(False, absent)
    serve(at, texts(given, "serve"))
    to, control = str(one(given, "to")), str(one(given, "control"))
    honest = _sent(at, source, over, control)
    if honest != "answered":
        what = f"{source} got no answer from {control}, which this check needs"
        return Verdict(None, Broken("CHECK.FAILED", "answer", {"what": what}))
    came = _sent(at, source, over, to)
    line = f"{source} → {to} (tcp, forged, in a frame for {over}): {came or 'no answer'}"
    if came != "answered":
        return Verdict(True, None, (line,))
    id = str(given.get("id", "SEC.REMOTE_LOOPBACK"))
    see = ("nft list ruleset", "sysctl -a --pattern route_localnet")
    owner = at.survey.owner(over)[0][0] or "host"
    return broken(id, "filter", see=see, probes=(line,), source=source, to=to, space=owner)


def _sent(at: Situation, source: str, over: str, target: str) -> str:
    """What comes back to a call from `source` to `target`, in a frame for the owner of `over`."""
    at.look()
    key = at.key(source) or ""
    there = way(at.survey, key, over)
    owners = [(space, a.device) for space, a in at.survey.owner(over) if space != key]
    if not owners or not there.device:
        raise KernelError(f"{source} and {over} are not on one network")
    space, device = owners[0]
    address, _, port = target.rpartition(":")
    mac = at.survey.interfaces(space)[device].mac
    own = source_for(at.survey, key, there)
    wanted = Forgery(there.device, mac, over, own, address, int(port))
    with at.survey.inside(key):
        came = send(wanted)
    at.stack.enter("")
    return came
