"""``only_lo``: a space has loopback, and nothing else that a packet could leave by.

only_lo: {space: job}          # or [job, vault]; id: MODE.NOT_NONE by default
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from ...diagnose.ladder.see import at as command_at
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._asked import missing
from ._given import known, texts

#: What some kernels put into every new namespace (net.core.fb_tunnels_only_for_init_net).
FALLBACK = frozenset(
    "tunl0 gre0 gretap0 erspan0 ip_vti0 ip6_vti0 sit0 ip6tnl0 ip6gre0".split()  # noqa: SIM905
)
_MAIN = 254


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Has each nothing but lo?"""
    known(given, "space", "id", "")
    names = texts(given, "space") or texts(given, "")
    at.look()
    absent = missing(at, *names)
    if absent:
        return Verdict(False, absent)
    for name in names:
        key = at.key(name) or ""
        what = ", ".join(_more(at, key))
        if what:
            see = (command_at(at.survey, key, "ip address"), command_at(at.survey, key, "ip route"))
            return broken(
                str(given.get("id", "MODE.NOT_NONE")), "link", see=see, space=name, what=what
            )
    return passed(*(f"{name} has lo and nothing else" for name in names))


def _more(at: Situation, key: str) -> Iterator[str]:
    """Other interfaces, else routes, else addresses that lead nowhere but look as if."""
    survey = at.survey
    others = [x for x in survey.interfaces(key).values() if not x.loopback]
    others = [x for x in others if x.up or x.name not in FALLBACK]
    if others:
        yield from (x.name if x.up else f"{x.name} (down)" for x in others)
        return
    for route in survey.routes(key):
        if route.table == _MAIN and not route.destination.startswith(("127.", "::1")):
            yield f"a route {route.destination} by {route.device or route.kind}"
    for each in survey.addresses(key):
        if not ip_address(each.ip).is_loopback:
            yield f"the address {each.cidr} on {each.device}"
