"""What one station asks another: at which addresses, for which ports and names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import HOST
from ...resolver.wire import AAAA, A
from ...value import Value
from ..place import Place
from ..probe import Probe
from .dns import PORT, RESOLVER, query
from .services import Services, published
from .station import Station, station


class Question(Value):
    """One question of one station to another. `what` is ``ping``, ``port``, ``published`` (a
    `port` of the host behind which `inner` of the target is) or ``name``. Without a `probe`, there
    is no address to ask at. `expected` are the addresses that a name may stand for."""

    sender: str
    target: str
    what: str
    address: str = ""
    port: int = 0
    protocol: str = ""
    inner: int = 0
    expected: tuple[str, ...] = ()
    probe: Probe | None = None


class Asking:
    """Makes the questions, from what the survey knows."""

    def __init__(self, survey: Survey, services: Services, timeout: float) -> None:
        self._services, self._timeout = services, timeout
        self._host = station(survey, [Place("host", HOST)])
        self._networks: dict[str, list[IPv4Network | IPv6Network]] = {}

    def of(self, sender: Station, target: Station, what: Collection[str]) -> Iterator[Question]:
        """All questions of `sender` to `target`. To itself, it has those that take the way over
        the host alone."""
        other = sender.space != target.space
        if "ping" in what and other:
            for ip in self._addresses(sender, target) or [""]:
                yield self._question(sender, target, "ping", ip, "icmp")
        if "ports" in what:
            yield from self._ports(sender, target) if other else ()
            yield from self._published(sender, target)
        if "names" in what and other and sender.place.made and target.place.made:
            yield from self._names(sender, target)

    def _ports(self, sender: Station, target: Station) -> Iterator[Question]:
        addresses = self._addresses(sender, target)
        for (port, protocol), bound in self._services.of(target):
            for ip in _bound(addresses, bound):
                yield self._question(sender, target, "port", ip, protocol, port)

    def _published(self, sender: Station, target: Station) -> Iterator[Question]:
        for each in published(target.place):
            for ip in self._of_host(sender, each.ip):
                yield self._question(
                    sender, target, "published", ip, each.protocol, each.port, each.inner
                )

    def _of_host(self, sender: Station, ip: str) -> Sequence[str]:
        """At which addresses `sender` calls what is published on `ip` of the host."""
        if sender.is_host:
            return [{"0.0.0.0": "127.0.0.1", "::": "::1"}.get(ip, ip)]
        if ip in ("0.0.0.0", "::"):
            return _bound(self._addresses(sender, self._host), {ip})
        return [] if ip_address(ip).is_loopback else [ip]

    def _names(self, sender: Station, target: Station) -> Iterator[Question]:
        ips = tuple(each.ip for each in target.addresses)
        if ips:
            kind = AAAA if all(":" in ip for ip in ips) else A
            data = query(target.label, kind)
            probe = Probe(sender.space, "udp", RESOLVER, PORT, timeout=self._timeout, data=data)
            yield Question(sender.label, target.label, "name", RESOLVER, PORT, "udp", 0, ips, probe)

    def _question(
        self,
        sender: Station,
        target: Station,
        what: str,
        ip: str,
        protocol: str,
        port: int = 0,
        inner: int = 0,
    ) -> Question:
        data = query("localhost", A) if port == PORT else b"nsnet"
        probe = Probe(sender.space, protocol, ip, port, timeout=self._timeout, data=data)
        return Question(
            sender=sender.label,
            target=target.label,
            what=what,
            address=ip,
            port=port,
            protocol=protocol,
            inner=inner,
            probe=probe if ip else None,
        )

    def _addresses(self, sender: Station, target: Station) -> list[str]:
        """Those on a network that both are on; if there is none, every one of a family that
        the sender has, too."""
        common = sender.place.networks.keys() & target.place.networks.keys()
        named = {ip for network in common for ip in target.place.networks[network]}
        ours = self._networks.get(sender.space)
        if ours is None:
            ours = [each.interface.network for each in sender.addresses]
            self._networks[sender.space] = ours
        near = [
            a.ip
            for a in target.addresses
            if a.ip in named or any(a.interface.ip in network for network in ours)
        ]
        if near:
            return near
        families = {network.version for network in ours}
        every = [a for a in target.addresses if a.interface.version in families]
        return [a.ip for a in every or target.addresses]


def _bound(addresses: Sequence[str], bound: Collection[str]) -> list[str]:
    """Those of `addresses` at which sockets bound to `bound` are called; if they are bound to
    others alone, these."""
    here = [ip for ip in addresses if ip in bound or ("::" if ":" in ip else "0.0.0.0") in bound]
    return here or sorted(set(bound) - {"::", "0.0.0.0"})
