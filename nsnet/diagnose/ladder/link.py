"""The rungs of the cable: is there an interface, is it up, is the other end?"""

from __future__ import annotations

from collections.abc import Sequence

from ...kernel.survey import Survey
from ...kernel.survey.model import HOST, Interface
from ..findings import Broken
from .see import addresses_of, at, label
from .segment import Trail

#: What some kernels put into every namespace.
_BORN_WITH = ("tunl", "sit", "ip6tnl", "gre", "gretap", "erspan", "ip_vti", "ip6_vti", "ip6gre")


def wires(survey: Survey, key: str) -> list[Interface]:
    """The interfaces that lead somewhere: not lo, nor the tunnels that a namespace is born with."""
    born = {f"{word}0" for word in _BORN_WITH}
    found = survey.interfaces(key).values()
    return [each for each in found if not each.loopback and each.name not in born]


def loopback_up(survey: Survey, key: str) -> Broken | None:
    """Is lo up?"""
    lo = survey.interfaces(key).get("lo")
    if lo is None or lo.up:
        return None
    facts = {"space": label(survey, key), "device": "lo"}
    return Broken("L1.LO_DOWN", "link", facts, (at(survey, key, "ip link show lo"),))


def plugged_in(survey: Survey, key: str, others: Sequence[str] = ()) -> Broken | None:
    """Does it have any interface but lo? `others` are the namespaces that it should be wired
    to: a cable between those and the host may be the one that was meant for this one."""
    if not key or wires(survey, key):
        return None
    facts = {"space": label(survey, key)}
    forgotten = _forgotten(survey, key, others)
    if forgotten is None:
        return Broken("MODE.NONE", "link", facts, (at(survey, key, "ip link"),))
    facts |= {"device": forgotten.name}
    return Broken("L1.END_IN_HOST", "link", facts, ("ip link", at(survey, key, "ip link")))


def _forgotten(survey: Survey, key: str, others: Sequence[str]) -> Interface | None:
    """The end of a cable that lies about in the host and was probably meant for a namespace."""
    found = []
    for each in survey.interfaces(HOST).values():
        far = survey.other_end(each)
        if each.kind != "veth" or each.master or far is None:
            continue
        if far.space == HOST or far.space in others:
            found.append((key not in each.name, bool(addresses_of(survey, each)), each.index, each))
    return min(found, key=lambda one: one[:3])[3] if found else None


def is_up(survey: Survey, one: Interface) -> Broken | None:
    """Is an interface switched on?"""
    if one.up:
        return None
    facts = {"space": label(survey, one.space), "device": one.name}
    see = [at(survey, one.space, f"ip link show {one.name}")]
    if one.kind == "bridge":
        return Broken("L2.BRIDGE_DOWN", "bridge", facts, tuple(see))
    bare = not any(a.scope != "link" for a in addresses_of(survey, one))
    if one.space and bare and not one.master:
        see.append(at(survey, one.space, f"ip address show {one.name}"))
        return Broken("L3.ADDR_LOST_ON_MOVE", "link", facts, tuple(see))
    return Broken("L1.LINK_DOWN", "link", facts, tuple(see))


def has_carrier(survey: Survey, one: Interface) -> Broken | None:
    """Is the other end of the cable there and up?"""
    if one.kind != "veth" or one.carrier or not one.up:
        return None
    far = survey.other_end(one)
    if far is None or far.up:
        return None
    return _peer_down(survey, one, far)


def _peer_down(survey: Survey, one: Interface, far: Interface) -> Broken:
    facts = {
        "space": label(survey, one.space),
        "device": one.name,
        "peer": far.name,
        "peer_space": label(survey, far.space),
    }
    see = (
        at(survey, one.space, f"ip link show {one.name}"),
        at(survey, far.space, f"ip link show {far.name}"),
    )
    return Broken("L1.PEER_DOWN", "carrier", facts, see)


def trail_up(survey: Survey, trail: Trail) -> Broken | None:
    """Are all the interfaces between two stacks up? The first one is the sender's."""
    for number, one in enumerate(trail):
        if one.up:
            continue
        far = survey.other_end(one) if one.kind == "veth" else None
        last = number == len(trail) - 1
        if far and far.up and number and (one.master or number == 1 or not last):
            return _peer_down(survey, far, one)
        return is_up(survey, one)
    return None
