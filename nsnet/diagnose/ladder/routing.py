"""Which way a namespace's routes lead to an address, asked as the kernel asks them.

Source: ip-rule(8), ip-route(8): rules in their order, in each table the longest prefix, and of
equal ones the lowest metric.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface, PolicyRule, Route
from ...value import Value

_FORBIDDING = ("blackhole", "unreachable", "prohibit")


class Way(Value):
    """Where a packet goes. `kind` is ``local`` (it has arrived), ``out``, ``none`` (no route) or
    ``forbidden`` (a route says no)."""

    kind: str
    route: Route | None = None
    to: str = ""

    @property
    def device(self) -> str:
        """The interface that it leaves by."""
        return self.route.device if self.route else ""

    @property
    def next(self) -> str:
        """The address of the next hop: the router's, or its own."""
        return self.route.via if self.route and self.route.via else self.to


def family_of(address: str) -> int:
    """AF_INET (2) or AF_INET6 (10)."""
    return 10 if ":" in address else 2


def way(survey: Survey, key: str, to: str, source: str = "", iif: str = "") -> Way:
    """The way to an address. `source` and `iif` matter where ``ip rule`` looks at them."""
    family = family_of(to)
    for rule in survey.policy(key):
        if rule.family != family or not _matches(rule, to, source, iif):
            continue
        if rule.action in _FORBIDDING:
            return Way("forbidden", to=to)
        if rule.action != "lookup":
            continue
        found = best(survey, key, to, rule.table)
        if found is None or found.kind == "throw":
            continue
        if found.kind in ("local", "broadcast", "anycast"):
            return Way("local", found, to)
        return Way("forbidden" if found.kind in _FORBIDDING else "out", found, to)
    return Way("none", to=to)


def best(survey: Survey, key: str, to: str, table: int) -> Route | None:
    """The route of a table that is taken for an address."""
    family, wanted = family_of(to), ip_address(to)
    found: Route | None = None
    rank = (-1, 0)
    for route in survey.routes(key):
        if route.family != family or route.table != table or not covers(route, wanted):
            continue
        mine = (_bits(route), -route.metric)
        if mine > rank:
            found, rank = route, mine
    return found


def covers(route: Route, address: object) -> bool:
    """Is an address among those that a route is for?"""
    return route.destination == "default" or address in ip_network(route.destination)


def defaults(survey: Survey, key: str, family: int) -> list[Route]:
    """The default routes of the main table, the preferred one first."""
    found = [r for r in survey.routes(key) if r.family == family and r.table == 254]
    return sorted((r for r in found if _is_default(r)), key=lambda route: route.metric)


def source_for(survey: Survey, key: str, there: Way) -> str:
    """The source address that the kernel chooses; "" if there is none."""
    if there.route is None:
        return ""
    if there.kind == "local":
        return there.to
    if there.route.source:
        return there.route.source
    family = family_of(there.to)
    own = [a for a in survey.addresses(key) if family_of(a.ip) == family]
    here = [a for a in own if a.device == there.device and a.scope == "global"]
    for each in here:
        if ip_address(there.next) in each.interface.network:
            return each.ip
    rest = here or [a for a in own if a.scope == "global"]
    return rest[0].ip if rest else ""


def _is_default(route: Route) -> bool:
    return route.destination in ("default", "0.0.0.0/0", "::/0") and route.kind == "unicast"


def _bits(route: Route) -> int:
    return 0 if route.destination == "default" else int(route.destination.partition("/")[2])


def _matches(rule: PolicyRule, to: str, source: str, iif: str) -> bool:
    if rule.more or (rule.mark & rule.mask) or rule.oif:
        return False
    if rule.source and (not source or ip_address(source) not in ip_network(rule.source)):
        return False
    if rule.destination and ip_address(to) not in ip_network(rule.destination):
        return False
    return not rule.iif or rule.iif == (iif or "lo")


def leads_out(survey: Survey, one: Interface, family: int) -> bool:
    """Does a router's interface lead out of the house? A bridge leads to containers, unless another
    router is behind it, through which the way to others goes."""
    if one.kind != "bridge":
        return True
    there = (r for r in survey.routes(one.space) if r.family == family and r.device == one.name)
    return any((each.via or _is_default(each)) and each.kind == "unicast" for each in there)
