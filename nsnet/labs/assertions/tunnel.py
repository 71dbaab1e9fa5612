"""``tunnel``: the ends of a VXLAN are switched on, plugged in, and know each other.

    tunnel: {spaces: [hA, hB]}

What a tunnel has learned from frames that came in lets it work for a while, in one direction: so
its state is looked at, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from ...diagnose.findings import Broken
from ...diagnose.ladder.link import is_up
from ...diagnose.ladder.see import at as command_at
from ...diagnose.ladder.segment import far_ends, remotes
from ...diagnose.ladder.vxlan import understood
from ...kernel.survey.model import Interface
from ..situation import Situation
from ..verdict import Verdict, passed
from ._asked import missing
from ._given import known, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it so for each end? (One of several VXLANs is enough.)"""
    known(given, "spaces")
    names = texts(given, "spaces")
    at.look()
    absent = missing(at, *names)
    if absent:
        return Verdict(False, absent)
    said = []
    for name in names:
        every = at.survey.interfaces(at.key(name) or "").values()
        wrong = {one.name: _wrong(at, name, one) for one in every if one.kind == "vxlan"}
        fine = [device for device, found in wrong.items() if found is None]
        if not fine:
            first = next(iter(wrong.values()), None)
            facts = {"space": name, "wanted": "vxlan", "kind": "vxlan", "have": "-"}
            return Verdict(False, first or Broken("L1.NO_KIND", "link", facts))
        said.append(f"{fine[0]} in {name} knows its far end")
    return passed(*said)


def _wrong(at: Situation, name: str, one: Interface) -> Broken | None:
    found = is_up(at.survey, one)
    if found:
        return found
    facts: dict[str, str | int] = {"space": name, "device": one.name}
    see = (command_at(at.survey, one.space, f"ip -d link show {one.name}"),)
    if not one.master:
        return Broken("VX.UNPLUGGED", "bridge", facts, see)
    return understood(at.survey, one) or _nobody(at, one, facts, see)


def _nobody(
    at: Situation, one: Interface, facts: dict[str, str | int], see: tuple[str, ...]
) -> Broken | None:
    """Is there no VXLAN at any of its far ends? (A multicast group is many.)"""
    known_to_it = remotes(at.survey, one)
    many = any(ip_address(each).is_multicast for each in known_to_it)
    if many or any(far_ends(at.survey, one, each) for each in known_to_it):
        return None
    return Broken("VX.WRONG_REMOTE", "bridge", facts | {"remote": known_to_it[0]}, see)
