"""The routing decision of a network stack, out of its rules, tables and addresses.

Sources: ip-rule(8), ip-route(8); Linux ``net/ipv4/fib_frontend.c``, ``fib_semantics.c``.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from ...kernel.survey import Survey
from ...kernel.survey.model import IfAddress, PolicyRule, Route
from ...value import Value

_LOCAL, _MAIN = 255, 254
_FAMILY = {4: 2, 6: 10}  # AF_INET, AF_INET6
_REFUSALS = ("blackhole", "unreachable", "prohibit")


class Way(Value):
    """A decision: `kind` is ``local``, ``unicast``, ``broadcast``, ``blackhole``, ``unreachable``,
    ``prohibit`` or ``none`` (there is no route). `via` is the next hop, "" where the target itself
    is on the wire; `source` the address that a packet without one gets. `sure` False: a rule has
    selectors that are not read."""

    kind: str
    device: str = ""
    via: str = ""
    source: str = ""
    route: Route | None = None
    sure: bool = True


class Question(Value):
    """What is asked of the tables: `iif` is "" for what the stack itself sends."""

    dst: str
    src: str = ""
    iif: str = ""
    oif: str = ""
    mark: int = 0


class Fib:
    """The tables of one network stack."""

    def __init__(self, survey: Survey, space: str) -> None:
        self._survey, self._space = survey, space

    def find(self, question: Question) -> Way:
        """The way of a packet."""
        target = ip_address(question.dst)
        if question.dst == "255.255.255.255" or target.is_multicast:
            return Way("broadcast")
        sure = True
        for rule in self._survey.policy(self._space):
            if rule.family != _FAMILY[target.version] or not _selects(rule, question):
                continue
            sure = sure and not rule.more
            if rule.action in _REFUSALS:
                return Way(rule.action, sure=sure)
            route = self._longest(rule.table, question) if rule.action == "lookup" else None
            if route is not None:
                return self._way(route, question, sure)
        return Way("none", sure=sure)

    def kind(self, address: str, device: str = "") -> str:
        """What an address is to this stack: ``local``, ``broadcast``, ``unicast`` … (nft(8)
        "FIB EXPRESSIONS")."""
        target = ip_address(address)
        if target.is_multicast:
            return "multicast"
        for route in self._matching(_LOCAL, target.version, address):
            if not device or route.device == device:
                return route.kind
        kind = self.find(Question(address)).kind
        return "unicast" if kind == "none" and target.version == 6 else kind

    def source_on(self, device: str, towards: str) -> str:
        """The address of an interface that fits best to an address beyond it; "" if it has none
        (Linux ``inet_select_addr``)."""
        target = ip_address(towards)
        found = [a for a in self._addresses(device) if a.interface.version == target.version]
        usable = [a for a in found if _fits_scope(a, towards)]
        near = [a for a in usable if target in a.interface.network]
        return next((a.ip for a in (*near, *usable)), "")

    def source_for(self, device: str, towards: str) -> str:
        """The same; an interface without a fitting address borrows one of another."""
        return self.source_on(device, towards) or self._any_source(towards)

    def owns(self, address: str) -> bool:
        """Is it an address of this stack?"""
        return any(a.ip == address for a in self._survey.addresses(self._space))

    def _addresses(self, device: str) -> list[IfAddress]:
        found = [a for a in self._survey.addresses(self._space) if a.device == device]
        return sorted(found, key=lambda a: "secondary" in a.flags)

    def _way(self, route: Route, question: Question, sure: bool) -> Way:
        source = route.source
        if not source and route.kind == "local":
            source = question.dst
        if not source and route.device:
            towards = route.via if route.via and ":" not in route.via else question.dst
            source = self.source_for(route.device, towards)
        return Way(route.kind, route.device, route.via, source, route, sure)

    def _any_source(self, dst: str) -> str:
        version = ip_address(dst).version
        for each in self._survey.addresses(self._space):
            if each.interface.version == version and each.scope == "global":
                return each.ip
        return ""

    def _longest(self, table: int, question: Question) -> Route | None:
        """The best route of a table: the longest prefix, then the smallest metric. A ``throw``
        leads on to the next rule."""
        for route in self._matching(table, ip_address(question.dst).version, question.dst):
            if question.oif and route.device != question.oif:
                continue
            return None if route.kind == "throw" else route
        return None

    def _matching(self, table: int, version: int, address: str) -> Iterator[Route]:
        target, found = ip_address(address), []
        for route in self._survey.routes(self._space):
            if route.table != table or route.family != _FAMILY[version] or not self._alive(route):
                continue
            length = _length(route, target)
            if length is not None:
                found.append((-length, route.metric, route))
        yield from (route for _, _, route in sorted(found, key=lambda each: each[:2]))

    def _alive(self, route: Route) -> bool:
        """Dead next hops are passed over; one without a carrier only where a setting says so."""
        if route.usable or not route.device:
            return True
        interface = self._survey.interfaces(self._space).get(route.device)
        name = f"net.ipv4.conf.{route.device}.ignore_routes_with_linkdown"
        ignore = self._survey.sysctl(self._space, name) == "1"
        return bool(interface and interface.up and not ignore)


def _length(route: Route, target: object) -> int | None:
    """How many bits of the target a route is about; None if it is about others."""
    if route.destination == "default":
        return 0
    network = ip_network(route.destination, strict=False)
    return network.prefixlen if target in network else None


def _selects(rule: PolicyRule, question: Question) -> bool:
    if rule.source and (not question.src or not _in(question.src, rule.source)):
        return False
    if rule.destination and not _in(question.dst, rule.destination):
        return False
    if rule.iif and rule.iif != (question.iif or "lo"):
        return False
    if rule.oif and rule.oif != question.oif:
        return False
    mask = rule.mask or 0xFFFFFFFF
    return not rule.mark or question.mark & mask == rule.mark


def _in(address: str, network: str) -> bool:
    found = ip_network(network, strict=False)
    return ip_address(address).version == found.version and ip_address(address) in found


def _fits_scope(address: IfAddress, towards: str) -> bool:
    """An address that is valid on a link only is for targets on that link."""
    if address.scope == "host":
        return ip_address(towards).is_loopback
    if address.scope == "link":
        return ip_address(towards).is_link_local
    return True
