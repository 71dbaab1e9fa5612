"""The rungs of the address: is there one, with its network's prefix, and is it the only one?"""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import IfAddress, Interface
from ..findings import Broken
from .routing import family_of
from .see import addresses_of, at, label
from .segment import Segment


def has_address(survey: Survey, one: Interface, family: int = 2) -> Broken | None:
    """Does an interface have an address of the family?"""
    if _own(survey, one, family):
        return None
    facts = {
        "space": label(survey, one.space),
        "device": one.name,
        "family": "IPv6" if family == 10 else "IPv4",
    }
    see = (at(survey, one.space, f"ip address show {one.name}"),)
    none = not any(a.scope != "link" for a in addresses_of(survey, one))
    name = "L3.ADDR_LOST_ON_MOVE" if none and _was_moved(survey, one) else "L3.NO_ADDR"
    return Broken(name, "address", facts, see)


def _own(survey: Survey, one: Interface, family: int) -> list[IfAddress]:
    own = addresses_of(survey, one)
    return [a for a in own if family_of(a.ip) == family and (a.scope != "link" or family == 2)]


def _was_moved(survey: Survey, one: Interface) -> bool:
    """Was it probably moved here? Both ends of a cable that is made in one namespace have
    numbers next to each other, and keep them when they are moved; one that is made in a container
    would have the next free number there. (The host has gaps.)"""
    far = survey.other_end(one) if one.kind == "veth" else None
    if far is None or far.space == one.space or abs(far.index - one.index) != 1:
        return False
    inside = [each for each in (one, far) if each is one or each.space]
    return any(each.index > len(survey.interfaces(each.space)) for each in inside)


def whole_prefix(survey: Survey, one: Interface, to: str) -> Broken | None:
    """Does the address say how large its network is? Without ``/16`` it is a network of one."""
    own = _own(survey, one, family_of(to))
    full = 128 if family_of(to) == 10 else 32
    if not own or any(a.prefix != full or a.peer for a in own):
        return None
    facts = {
        "space": label(survey, one.space),
        "device": one.name,
        "address": own[0].cidr,
        "to": to,
    }
    see = (
        at(survey, one.space, f"ip address show {one.name}"),
        at(survey, one.space, f"ip route get {to}"),
    )
    return Broken("L3.PREFIX32", "address", facts, see)


def unique(survey: Survey, segment: Segment, address: str) -> Broken | None:
    """Is an address there once only? Whoever has it on the segment answers for it."""
    start = segment.start
    spaces = {t[-1].space: t[-1] for t in segment.holders(address)}
    if any(a.ip == address for a in survey.addresses(start.space)):
        spaces.setdefault(start.space, start)
    if len(spaces) < 2:
        return None
    one, other = list(spaces.values())[:2]
    facts = {
        "address": address,
        "space": label(survey, one.space),
        "mac": one.mac,
        "other": label(survey, other.space),
        "other_mac": other.mac,
    }
    see = tuple(at(survey, each.space, f"ip address show {each.name}") for each in (one, other))
    return Broken("L3.DUP_ADDR", "address", facts, see)


def overlapping(survey: Survey, key: str, to: str, taken: str) -> Broken | None:
    """Does another interface's network hold `to` as well, beside that of the interface `taken`
    that the route leads to?"""
    wanted = ip_address(to)
    covering = [
        a
        for a in survey.addresses(key)
        if family_of(a.ip) == family_of(to) and wanted in a.interface.network and a.ip != to
    ]
    chosen = [a for a in covering if a.device == taken]
    others = [a for a in covering if a.device != taken]
    if not chosen or not others:
        return None
    facts = {
        "space": label(survey, key),
        "device": taken,
        "network": str(chosen[0].interface.network),
        "other": others[0].device,
        "other_network": str(others[0].interface.network),
        "to": to,
    }
    see = (at(survey, key, "ip route"), at(survey, key, f"ip route get {to}"))
    return Broken("IPAM.OVERLAP", "address", facts, see)
