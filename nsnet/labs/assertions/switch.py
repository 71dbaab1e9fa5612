"""``switch``: a bridge, with the cables of rooms as its ports.

    switch: {bridge: br0}
    switch: {bridge: br0, rooms: [c1, c2, c3], learned: true}

`learned`: it has met a MAC address behind each port (after pings, in a check before this one).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder.bridge import plugged
from ...diagnose.ladder.link import plugged_in, wires
from ...kernel.survey.model import HOST, Interface
from ..situation import Situation
from ..verdict import Broken, Verdict, broken, passed
from ._asked import missing
from ._given import known, one, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it there, and is everybody plugged into it?"""
    known(given, "bridge", "rooms", "learned")
    name = str(one(given, "bridge"))
    at.look()
    bridge = at.survey.interfaces(HOST).get(name)
    if bridge is None or bridge.kind != "bridge":
        see = ("ip link show type bridge",)
        return broken("L2.NO_BRIDGE", "bridge", see=see, space="host", device=name)
    ports: dict[str, Interface] = {}
    for room in texts(given, "rooms"):
        port = _port(at, room, bridge)
        if isinstance(port, Broken):
            return Verdict(False, port)
        ports[room] = port
    found = [f"{port.name}, a port of {name}, leads to {room}" for room, port in ports.items()]
    missed = _unlearned(at, name, ports) if given.get("learned") else None
    return Verdict(False, missed) if missed else passed(*found or [f"host has the bridge {name}"])


def _port(at: Situation, room: str, bridge: Interface) -> Interface | Broken:
    """The port that a room is plugged into, or what is wrong with its cable."""
    absent = missing(at, room) or plugged_in(at.survey, at.key(room) or "")
    if absent:
        return absent
    ends = wires(at.survey, at.key(room) or "")
    for each in ends:
        far = at.survey.other_end(each)
        if far and far.space == HOST and far.master == bridge.index:
            return far
    far = at.survey.other_end(ends[0])
    over = at.survey.interface_at(far.space, far.master) if far and far.master else None
    facts: dict[str, str | int] = {"space": room, "device": far.name if far else ends[0].name}
    facts |= {"wanted": bridge.name, "found": over.name if over else "-"}
    other = Broken("L2.OTHER_BRIDGE", "bridge", facts, ("bridge link",))
    return plugged(at.survey, ends[0]) or other


def _unlearned(at: Situation, name: str, ports: Mapping[str, Interface]) -> Broken | None:
    known_ = [e for e in at.survey.fdb(HOST) if e.master == name and e.state != "permanent"]
    met = {each.device for each in known_} & {port.name for port in ports.values()}
    if len(met) == len(ports):
        return None
    facts: dict[str, str | int] = {"device": name, "number": len(met), "wanted": len(ports)}
    return Broken("L2.NOT_LEARNED", "bridge", facts, (f"bridge fdb show br {name}",))
