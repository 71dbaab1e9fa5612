"""``address``: an interface has an address, with its prefix length.

    address: {in: c1, device: eth0, has: 172.17.0.2/16, mac: "02:42:ac:11:00:02"}

Without `device` it may be on any interface. A network that another interface of the same stack is
in as well is `IPAM.OVERLAP`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_interface
from typing import Any

from ...diagnose.ladder.address import has_address, whole_prefix
from ...diagnose.ladder.link import wires
from ...diagnose.ladder.see import at as command_at
from ...kernel.survey.model import IfAddress, Interface
from ..situation import Situation
from ..verdict import Broken, Verdict, broken, passed
from ._asked import missing
from ._given import known, one


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it there, and its network that of no other interface?"""
    known(given, "in", "device", "has", "mac")
    space, device, wanted = str(one(given, "in")), str(given.get("device", "")), str(given["has"])
    at.look()
    absent = missing(at, space)
    if absent:
        return Verdict(False, absent)
    key = at.key(space) or ""
    links = [each for each in wires(at.survey, key) if device in ("", each.name)]
    if not links:
        see = (command_at(at.survey, key, "ip link"),)
        return broken("L1.NO_LINK", "link", see=see, space=space, device=device or "eth0")
    names = [each.name for each in links]
    own = [a for a in at.survey.addresses(key) if a.device in names and _like(a, wanted)]
    found = [a for a in own if a.cidr == wanted]
    shared = _shared(at, key, space, found or own)
    if shared or not found:
        return Verdict(False, shared or _instead(at, space, links, own, wanted))
    return _has_mac(at, space, next(x for x in links if x.name == found[0].device), given)


def _like(address: IfAddress, wanted: str) -> bool:
    return (":" in address.cidr) == (":" in wanted) and address.scope != "link"


def _has_mac(at: Situation, space: str, here: Interface, given: Mapping[str, Any]) -> Verdict:
    said, wanted = f"{here.name} in {space} has {given['has']}", str(given.get("mac", "")).lower()
    if wanted and here.mac != wanted:
        see = (command_at(at.survey, here.space, f"ip link show {here.name}"),)
        facts = {"space": space, "device": here.name, "found": here.mac, "wanted": wanted}
        return Verdict(False, Broken("L3.WRONG_MAC", "address", facts, see))
    return passed(f"{said} and {wanted}" if wanted else said)


def _instead(
    at: Situation, space: str, links: Sequence[Interface], own: Sequence[IfAddress], wanted: str
) -> Broken | None:
    """What is there in its place: the same address with another prefix length, before others."""
    ip = wanted.partition("/")[0]
    own = sorted(own, key=lambda a: a.ip != ip)
    here = next((x for x in links if own and x.name == own[0].device), links[0])
    beside = str(ip_interface(wanted).network[1])
    lesser = None
    if not own:
        lesser = has_address(at.survey, here, 10 if ":" in wanted else 2)
    elif own[0].ip == ip:
        lesser = whole_prefix(at.survey, here, beside)
    see = (command_at(at.survey, here.space, f"ip address show {here.name}"),)
    found = ", ".join(a.cidr for a in own if a.device == here.name) or "-"
    facts = {"space": space, "device": here.name, "found": found, "wanted": wanted}
    return lesser or Broken("L3.WRONG_ADDR", "address", facts, see)


def _shared(at: Situation, key: str, space: str, own: Sequence[IfAddress]) -> Broken | None:
    """Is one of these networks, or a part of it, behind another interface too?"""
    for one_ in own:
        for other in at.survey.addresses(key):
            net, theirs = one_.interface.network, other.interface.network
            if other.device in (one_.device, "lo") or net.version != theirs.version:
                continue
            if other.scope != "link" and net.overlaps(theirs):
                facts = {"space": space, "device": one_.device, "network": str(net)}
                facts |= {"to": other.ip, "other": other.device, "other_network": str(theirs)}
                see = (command_at(at.survey, key, "ip route"),)
                return Broken("IPAM.OVERLAP", "address", facts, see)
    return None
