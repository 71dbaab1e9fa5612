"""``cable``: a veth pair leads from one network stack straight into another.

    cable: {from: c1, to: c2}
    cable: {from: c4, device: eth0, to: host, end: "veth[0-9a-f]{7}", bridge: br0}

`device` is the name of the end in `from`, `end` a pattern for the name of the other one, `bridge`
the bridge that this one is a port of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder import bridge as bridges
from ...diagnose.ladder.link import plugged_in, wires
from ...diagnose.ladder.see import at as command_at
from ...kernel.survey.model import Interface
from ..situation import Situation
from ..verdict import Broken, Verdict, broken, passed
from ._asked import missing
from ._given import known, one


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is there one?"""
    known(given, "from", "device", "to", "end", "bridge", "id")
    source, to = str(one(given, "from")), str(one(given, "to"))
    at.look()
    absent = missing(at, source, to) or _unplugged(at, source, to)
    if absent:
        return Verdict(False, absent)
    ends = _ends(at, source, str(given.get("device", "")))
    if not ends:
        see = (command_at(at.survey, at.key(source) or "", "ip link"),)
        return broken("L1.NO_LINK", "link", see=see, space=source, device=one(given, "device"))
    pairs = [(each, at.survey.other_end(each)) for each in ends]
    found = [(each, far) for each, far in pairs if far and far.space == (at.key(to) or "")]
    if not found:
        return _astray(at, given, *pairs[0])
    wrong = [_other_end(at, given, each, far) for each, far in found]
    if all(wrong):
        return Verdict(False, wrong[0])
    here, far = found[wrong.index(None)]
    return passed(f"{here.name} ({here.index}) in {source} is {far.name} ({far.index}) in {to}")


def _unplugged(at: Situation, source: str, to: str) -> Broken | None:
    keys = at.key(source) or "", at.key(to) or ""
    others = [key for key in keys if key]
    for key in keys:
        found = plugged_in(at.survey, key, [each for each in others if each != key])
        if found:
            return found
    return None


def _ends(at: Situation, source: str, device: str) -> list[Interface]:
    found = wires(at.survey, at.key(source) or "")
    return [each for each in found if not device or each.name == device]


def _astray(
    at: Situation, given: Mapping[str, Any], here: Interface, far: Interface | None
) -> Verdict:
    """There is a cable, but to somewhere else."""
    key = at.key(str(given["from"])) or ""
    space = at.survey.spaces()[far.space].label if far else "?"
    return broken(
        str(given.get("id", "L1.WRONG_END")),
        "link",
        see=(command_at(at.survey, key, f"ip -d link show {here.name}"),),
        space=given["from"],
        device=here.name,
        to=given["to"],
        peer=far.name if far else "?",
        peer_space=space,
        kind=here.kind or "?",
    )


def _other_end(
    at: Situation, given: Mapping[str, Any], here: Interface, far: Interface
) -> Broken | None:
    """Is the other end called and plugged in as it should be?"""
    pattern, bridge = str(given.get("end", "")), str(given.get("bridge", ""))
    see = (command_at(at.survey, far.space, f"ip link show {far.name}"),)
    facts: dict[str, str | int] = {"space": str(given["to"]), "device": far.name}
    if pattern and not re.fullmatch(pattern, far.name):
        return Broken("NAME.OTHER", "link", facts | {"wanted": pattern}, see)
    over = at.survey.interface_at(far.space, far.master) if far.master else None
    if bridge and over is None:
        return bridges.plugged(at.survey, here)
    if bridge and over and over.name != bridge:
        return Broken(
            "L2.OTHER_BRIDGE", "bridge", facts | {"found": over.name, "wanted": bridge}, see
        )
    return None
