"""The rung of size: do large packets pass where small ones do?

A packet that may not be fragmented and is too large for a bridge port is dropped without a word:
a bridge is no router, and sends no ICMP error. Connections are made, and hang when there is much
to say (RFC 2923, "black hole").
"""

from __future__ import annotations

import errno

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..findings import Broken
from ..probe import Answer, Probe
from .case import Case
from .see import at, label

#: The headers of IP and ICMP echo, in bytes.
_HEADERS = {2: 28, 10: 48}
_WAIT = 0.3


def probes(case: Case) -> list[Probe]:
    """Two pings: a small one, and one as large as the sender's interface and route let out."""
    device = case.survey.interfaces(case.space).get(case.first.device)
    if case.first.kind != "out" or device is None or not device.mtu:
        return []
    route = case.first.route
    limit = min(device.mtu, route.mtu if route and route.mtu else 65535)
    size = limit - _HEADERS[case.family]
    return [case.probe("icmp", timeout=_WAIT), case.probe("icmp", size, _WAIT)]


def hole(case: Case) -> Broken | None:
    """Does the small one pass and the large one vanish? (Where the sender's own cable swallows it,
    the kernel says ENOBUFS to those who ask for errors, and nothing to others: ip(7).)"""
    if len(case.answers) < 3:
        return None
    small, large = case.answers[1], case.answers[2]
    lost = large.code == "timeout" or large.errno == errno.ENOBUFS
    if not small.ok or not lost:
        return None
    size = large.probe.size + _HEADERS[case.family]
    narrow = narrowest(case.survey, case.path.hops[0].trail)
    for hop in case.path.hops[1:]:
        other = narrowest(case.survey, hop.trail)
        if other and (narrow is None or other.mtu < narrow.mtu):
            narrow = other
    facts: dict[str, str | int] = {"size": size, "to": case.address, "small": 56}
    if narrow is None or narrow.mtu >= size:
        facts |= {"device": "-", "mtu": "?", "space": "-"}
        return Broken("MTU.BLACKHOLE", "size", facts, (_ping(case, large),))
    facts |= {"device": narrow.name, "mtu": narrow.mtu, "space": label(case.survey, narrow.space)}
    see = (_ping(case, large), at(case.survey, narrow.space, f"ip link show {narrow.name}"))
    tunnel = any(one.kind == "vxlan" for hop in case.path.hops for one in hop.trail)
    return Broken("MTU.OVERLAY" if tunnel else "MTU.BLACKHOLE", "size", facts, see)


def narrowest(survey: Survey, trail: tuple[Interface, ...]) -> Interface | None:
    """The interface with the smallest MTU on a trail."""
    found = [one for one in trail if one.mtu]
    return min(found, key=lambda one: (one.mtu, one.kind == "bridge"), default=None)


def _ping(case: Case, large: Answer) -> str:
    size = large.probe.size
    return at(case.survey, case.space, f"ping -c1 -M do -s {size} {case.address}")
