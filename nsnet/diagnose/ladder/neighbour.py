"""The rung of the neighbour: does anybody answer for the next hop (ARP, NDP)?"""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..findings import Broken
from .address import overlapping
from .bridge import plugged
from .link import is_up, trail_up
from .misled import misled
from .path import Hop
from .routing import defaults, family_of
from .see import addresses_of, at, label
from .segment import Segment
from .vxlan import crosses


def answers(survey: Survey, hop: Hop) -> Broken | None:
    """Has anybody on the segment the address of the next hop?"""
    if hop.trail:
        return _remembered(survey, hop)
    if hop.out is None:
        return None
    segment = Segment(survey, hop.out)
    family = family_of(hop.to)
    found = plugged(survey, hop.out, family)
    if found:
        return found
    found = _macvlan(survey, hop) or crosses(survey, segment)
    if found:
        return found
    if hop.way.route and hop.way.route.via:
        return _gateway(survey, hop, segment)
    for key, owned in survey.owner(hop.to, hop.space):
        device = survey.interfaces(key).get(owned.device)
        found = _apart(survey, hop, device) if device and key != hop.space else None
        if found:
            return found
    bare = _bare_bridge(survey, segment, family)
    if bare and _may_be_gateway(survey, hop):
        return _no_gateway_address(survey, hop, bare, hop.to)
    facts = _facts(survey, hop)
    if hop.called != hop.to:
        return Broken("NAT.DNAT_DEAD", "nat", facts | {"called": hop.called}, _see(survey, hop))
    return Broken("L3.NO_SUCH_HOST", "neighbour", facts, _see(survey, hop))


def _remembered(survey: Survey, hop: Hop) -> Broken | None:
    """Does it know a hardware address for the next hop that nobody there takes frames under?"""
    wrong = misled(survey, hop.out, hop.way.next) if hop.out else None
    if wrong is None:
        return None
    facts = _facts(survey, hop) | {"mac": wrong.mac, "own": wrong.own}
    return Broken(wrong.id, "neighbour", facts, _see(survey, hop))


def _macvlan(survey: Survey, hop: Hop) -> Broken | None:
    """A macvlan and the stack that its parent is in do not hear each other, by design."""
    for key, owned in survey.owner(hop.way.next, hop.space):
        there = survey.interfaces(key).get(owned.device)
        for child, other in ((hop.out, there), (there, hop.out)):
            parent = survey.other_end(child) if child and child.kind == "macvlan" else None
            if child and parent and other and parent.space == other.space:
                facts = {
                    "space": label(survey, child.space),
                    "device": child.name,
                    "parent": parent.name,
                }
                see = (at(survey, child.space, f"ip -d link show {child.name}"),)
                return Broken("MODE.MACVLAN_PARENT", "neighbour", facts, see)
    return None


def _gateway(survey: Survey, hop: Hop, segment: Segment) -> Broken:
    via = hop.way.next
    bare = _bare_bridge(survey, segment, family_of(via))
    if bare:
        return _no_gateway_address(survey, hop, bare, via)
    facts = _facts(survey, hop)
    other = _other_default(survey, hop)
    if other:
        facts |= {"one": via, "other": other}
        return Broken("L3.TWO_DEFAULTS", "route", facts, (at(survey, hop.space, "ip route"),))
    own = [
        a.ip
        for bridge in segment.bridges()
        for a in addresses_of(survey, bridge)
        if a.scope != "link" and family_of(a.ip) == family_of(via)
    ]
    facts["have"] = ", ".join(own) or "-"
    return Broken("L3.GW_UNREACHABLE", "neighbour", facts, _see(survey, hop))


def _other_default(survey: Survey, hop: Hop) -> str:
    """The gateway of another default route, which somebody answers for."""
    for each in defaults(survey, hop.space, family_of(hop.to)):
        device = survey.interfaces(hop.space).get(each.device)
        if each.via != hop.way.next and device and Segment(survey, device).holders(each.via):
            return each.via
    return ""


def _apart(survey: Survey, hop: Hop, device: Interface) -> Broken | None:
    """Why the one that has the address is not on the segment, although it should be."""
    found = is_up(survey, device) if not device.loopback else None
    found = found or plugged(survey, device, family_of(hop.to))
    if found:
        return found
    far = survey.other_end(device) if device.kind == "veth" else None
    if far and not far.up:
        return trail_up(survey, (device, far))
    found = overlapping(survey, hop.space, hop.to, hop.way.device)
    if found:
        return found
    facts = {
        **_facts(survey, hop),
        "network": hop.way.route.destination if hop.way.route else "",
        "owner": label(survey, device.space),
        "other": device.name,
        "other_network": hop.to,
    }
    return Broken("IPAM.OVERLAP", "address", facts, _see(survey, hop))


def _bare_bridge(survey: Survey, segment: Segment, family: int) -> Interface | None:
    """A bridge of the segment without an address, where none has one."""
    bridges = segment.bridges()
    for bridge in bridges:
        own = addresses_of(survey, bridge)
        if any(family_of(a.ip) == family and a.scope != "link" for a in own):
            return None
    return bridges[0] if bridges else None


def _may_be_gateway(survey: Survey, hop: Hop) -> bool:
    """Is it an address that a bridge would have: the sender's gateway, or its network's first?"""
    family = family_of(hop.to)
    if any(r.via == hop.to for r in defaults(survey, hop.space, family)):
        return True
    own = [a for a in survey.addresses(hop.space) if a.device == hop.way.device]
    nets = [a.interface.network for a in own if family_of(a.ip) == family]
    return any(ip_address(hop.to) == net.network_address + 1 for net in nets)


def _no_gateway_address(survey: Survey, hop: Hop, bridge: Interface, address: str) -> Broken:
    facts = _facts(survey, hop) | {
        "bridge": bridge.name,
        "next": address,
        "bridge_space": label(survey, bridge.space),
    }
    see = (*_see(survey, hop), at(survey, bridge.space, f"ip address show {bridge.name}"))
    return Broken("L3.NO_GW_ADDR", "address", facts, see)


def _facts(survey: Survey, hop: Hop) -> dict[str, str]:
    states = [n.state for n in survey.neighbours(hop.space) if n.ip == hop.way.next]
    return {
        "space": label(survey, hop.space),
        "device": hop.way.device,
        "next": hop.way.next,
        "to": hop.to,
        "state": states[0] if states else "-",
    }


def _see(survey: Survey, hop: Hop) -> tuple[str, ...]:
    return (at(survey, hop.space, f"ip neighbour show {hop.way.next}"),)
