"""A stack that sends frames to a hardware address that its next hop does not have.

It believes what it was told by hand, or what it has heard before the other one's address changed:
an entry that is in use is asked about again only after some seconds without an answer (arp(7),
delay_first_probe_time). Until then its frames are lost without a word.
"""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...value import Value
from .segment import Segment, Trail

#: States in which the kernel sends without asking (Linux include/net/neighbour.h, NUD_VALID).
_HEARD = ("REACHABLE", "STALE", "DELAY", "PROBE")


class Misled(Value):
    """`mac` is what it believes, `own` what the next hop has; `id` is the diagnosis."""

    id: str
    mac: str
    own: str


def misled(survey: Survey, device: Interface, address: str) -> Misled | None:
    """What is wrong with what is known by `device` of the neighbour `address`; None if nothing
    is, or nobody on the segment has the address."""
    for each in survey.neighbours(device.space):
        if (each.device, each.ip) != (device.name, address) or not each.mac:
            continue
        if each.state != "PERMANENT" and each.state not in _HEARD:
            continue
        segment = Segment(survey, device)
        holders = segment.holders(address)
        if not holders or any(each.mac in _taken(segment, trail) for trail in holders):
            return None
        name = "STATIC" if each.state == "PERMANENT" else "STALE"
        return Misled(f"L3.{name}_NEIGHBOUR", each.mac, holders[0][-1].mac)
    return None


def _taken(segment: Segment, trail: Trail) -> set[str]:
    """The addresses that the stack at the end of a trail takes frames under: those of all its
    interfaces on the segment, and, of a bridge, that of the port which they come in by."""
    end = trail[-1]
    found = {each[-1].mac for each in segment.ends.values() if each[-1].space == end.space}
    return found | {each.mac for each in trail[-2:] if end.kind == "bridge"}
