"""The rungs of the bridge: is the cable a port of one, is it up, does it pass frames on?"""

from __future__ import annotations

from itertools import pairwise

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..findings import Broken
from .path import Hop
from .routing import family_of
from .see import addresses_of, at, label
from .segment import Trail

_FORWARDING = 3
_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")


def plugged(survey: Survey, one: Interface, family: int = 2) -> Broken | None:
    """Is the far end of a container's cable a port of a bridge, or a stack with an address?"""
    far = survey.other_end(one) if one.kind == "veth" else None
    if far is None or far.master or _used(survey, far, family):
        return None
    facts = {
        "space": label(survey, one.space),
        "device": one.name,
        "peer": far.name,
        "peer_space": label(survey, far.space),
    }
    see = (at(survey, far.space, f"ip link show {far.name}"), "bridge link")
    return Broken("L2.NO_MASTER", "bridge", facts, see)


def unplugged(survey: Survey, hop: Hop) -> Broken | None:
    """Is the cable to a bridge plugged into nothing? The host answers for the bridge's address by
    any of its interfaces (arp_ignore is 0), and sends what is for the sender to the bridge."""
    if hop.out is None or not hop.trail:
        return None
    space = hop.trail[-1].space
    devices = survey.interfaces(space)
    own = [a.device for a in survey.addresses(space) if a.ip == hop.way.next]
    if not any(devices[each].kind == "bridge" for each in own if each in devices):
        return None
    return plugged(survey, hop.out, family_of(hop.to))


def _used(survey: Survey, one: Interface, family: int) -> bool:
    """Has it an address, or does a route lead to it (a routed cable needs no address)?"""
    own = addresses_of(survey, one)
    if any(family_of(a.ip) == family and a.scope != "link" for a in own):
        return True
    there = [r for r in survey.routes(one.space) if (r.device, r.family) == (one.name, family)]
    return any(not r.destination.startswith(("fe80:", "ff00:")) for r in there)


def address_on_port(survey: Survey, trail: Trail, address: str) -> Broken | None:
    """Does the address stand on a port of the bridge instead of on the bridge?"""
    end = trail[-1] if trail else None
    if end is None or end.kind != "bridge":
        return None
    own = [a for a in survey.addresses(end.space) if a.ip == address]
    devices = survey.interfaces(end.space)
    on_port = [a for a in own if a.device in devices and devices[a.device].master == end.index]
    if not on_port or any(a.device == end.name for a in own):
        return None
    return _ip_on_port(survey, end, on_port[0].device, on_port[0].cidr)


def addressed_ports(survey: Survey, trail: Trail) -> Broken | None:
    """Does any port that is passed have an address of its own?"""
    for one in trail:
        bridge = survey.interface_at(one.space, one.master) if one.master else None
        for each in addresses_of(survey, one) if bridge else ():
            if bridge and each.scope != "link":
                return _ip_on_port(survey, bridge, one.name, each.cidr)
    return None


def _ip_on_port(survey: Survey, bridge: Interface, port: str, cidr: str) -> Broken:
    facts = {
        "space": label(survey, bridge.space),
        "device": port,
        "address": cidr,
        "bridge": bridge.name,
    }
    see = (
        at(survey, bridge.space, f"ip address show {port}"),
        at(survey, bridge.space, f"ip address show {bridge.name}"),
    )
    return Broken("L2.IP_ON_PORT", "bridge", facts, see)


def passes(survey: Survey, trail: Trail) -> Broken | None:
    """Do the bridges on the trail pass a frame on: ports forwarding, and not isolated from each
    other?"""
    ports = [each for each in trail if each.master]
    for port in ports:
        state = port.port.get("state", _FORWARDING)
        if state != _FORWARDING and port.up:
            facts = {"device": port.name, "state": _STATES[state], **_of(survey, port)}
            return Broken("L2.PORT_BLOCKED", "bridge", facts, ("bridge -d link",))
    for one, other in pairwise(ports):
        together = one.master == other.master and one.space == other.space
        if together and one.port.get("isolated") and other.port.get("isolated"):
            facts = {"device": one.name, "peer": other.name, **_of(survey, one)}
            return Broken("L2.ISOLATED", "bridge", facts, ("bridge -d link",))
    return None


def hairpin(survey: Survey, port: Interface) -> Broken | None:
    """Does the bridge send a frame back out of the port that it came in by?"""
    if port.port.get("hairpin"):
        return None
    facts = {"device": port.name, **_of(survey, port)}
    return Broken("L2.HAIRPIN_OFF", "bridge", facts, (f"bridge -d link show dev {port.name}",))


def _of(survey: Survey, port: Interface) -> dict[str, str]:
    bridge = survey.interface_at(port.space, port.master)
    return {"bridge": bridge.name if bridge else "?", "space": label(survey, port.space)}
