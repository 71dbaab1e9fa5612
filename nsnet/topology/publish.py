"""Choosing the host side of published ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from .layout import Binding, Endpoint, Layout, Segment
from .model import Container, Port, TopologyError
from .taken import Taken

#: Random host ports start where Linux's own ephemeral range does (ip_local_port_range).
_FIRST_RANDOM, _LAST_RANDOM = 32768, 60999

_ANY = {"0.0.0.0", "::"}


def wished(container: Container) -> tuple[Port, ...]:
    """The ports that a container wants published: those named, and with `publish_all` every
    other port that it exposes, on random ones of the host (docker run -P)."""
    if not container.publish_all:
        return container.ports
    named = {(port.container_port, port.protocol) for port in container.ports}
    rest = sorted(set(container.expose) - named)
    return (*container.ports, *(Port(port, 0, protocol) for port, protocol in rest))


class Bindings:
    """The published ports of one topology, as they are chosen. `segments` are its networks:
    the host's addresses on them can be published on, as its others."""

    def __init__(
        self, taken: Taken, previous: Layout | None, segments: Iterable[Segment] = ()
    ) -> None:
        self._taken = taken
        self._last = taken.last_port
        self._used: dict[tuple[str, int], list[Binding]] = {}
        for binding in taken.bindings():
            self._note(binding)
        self._kept = _random_ports(previous) if previous else {}
        self._own = _own_addresses(taken, segments)
        self.made: list[Binding] = []
        self.notes: list[str] = []

    def add(self, endpoint: Endpoint, segment: Segment, port: Port) -> None:
        """Publish `port` of the container of `endpoint`. Raises `TopologyError`."""
        host_ip = port.host_ip or segment.host_ip
        ends = list(_ends(endpoint, host_ip, self._taken.relays))
        if not ends:
            proxy = self._taken.config.userland_proxy
            self.notes.append(_unreachable(endpoint, port, host_ip, proxy))
            return
        self._check_address(endpoint, ends[0][0])
        clash: Binding | None = None
        for number in self._candidates(endpoint, port, ends[0][0]):
            bindings = [_binding(endpoint, port, number, *each) for each in ends]
            clash = next(filter(None, map(self._clash, bindings)), None)
            # A fixed port that a program holds is told by the engine, with the way to see it.
            fixed = port.host_port and not port.host_port_end
            if clash is None and (fixed or self._free(bindings)):
                self._take(port, bindings)
                return
        raise TopologyError(_refusal(endpoint, port, ends[0][0], clash))

    def as_tuples(self) -> tuple[tuple[Binding, ...], tuple[str, ...]]:
        """What was published, and remarks on what could not be."""
        return tuple(self.made), tuple(self.notes)

    def _check_address(self, endpoint: Endpoint, host_ip: str) -> None:
        here = host_ip in _ANY or host_ip == "::1" or host_ip.startswith("127.")
        if not here and self._own and host_ip not in self._own:
            raise TopologyError(
                f"{endpoint.container}: cannot assign requested address {host_ip}: it is none of "
                "this host's: publish on one that it has, or leave it out (see: ip address)"
            )

    def _candidates(self, endpoint: Endpoint, port: Port, host_ip: str) -> Iterable[int]:
        if port.host_port:
            return range(port.host_port, (port.host_port_end or port.host_port) + 1)
        after = self._last + 1 if _FIRST_RANDOM <= self._last < _LAST_RANDOM else _FIRST_RANDOM
        free = chain(range(after, _LAST_RANDOM + 1), range(_FIRST_RANDOM, after))
        wish = (endpoint.container, port.container_port, port.protocol, host_ip)
        return chain(self._kept.get(wish, ()), free)

    def _clash(self, wanted: Binding) -> Binding | None:
        rivals = self._used.get((wanted.protocol, wanted.host_port), ())
        return next((each for each in rivals if each.clashes(wanted)), None)

    def _free(self, bindings: list[Binding]) -> bool:
        free = self._taken.port_free
        return all(free(b.protocol, b.host_ip, b.host_port) for b in bindings)

    def _take(self, port: Port, bindings: list[Binding]) -> None:
        number = bindings[0].host_port
        if not port.host_port and number not in self._kept.get(_wish(bindings[0]), ()):
            self._last = number
        for binding in bindings:
            self._note(binding)
        self.made += bindings

    def _note(self, binding: Binding) -> None:
        self._used.setdefault((binding.protocol, binding.host_port), []).append(binding)


def _random_ports(previous: Layout) -> dict[tuple[str, int, str, str], list[int]]:
    """The host ports that were chosen at random. Those asked for by number are no candidates: the
    same port of a container may be published on both kinds (``-p 80 -p 8080:80``)."""
    asked = {
        (container.name, port.container_port, port.protocol, number)
        for container in previous.topology.containers
        for port in container.ports
        if port.host_port
        for number in range(port.host_port, (port.host_port_end or port.host_port) + 1)
    }
    found: dict[tuple[str, int, str, str], list[int]] = {}
    for b in previous.bindings:
        if (b.container, b.port, b.protocol, b.host_port) not in asked:
            found.setdefault(_wish(b), []).append(b.host_port)
    return found


def _wish(binding: Binding) -> tuple[str, int, str, str]:
    return (binding.container, binding.port, binding.protocol, binding.host_ip)


def _binding(
    endpoint: Endpoint, port: Port, number: int, host_ip: str, ip: str, relay: bool
) -> Binding:
    name, network = endpoint.container, endpoint.network
    return Binding(port.protocol, host_ip, number, name, network, ip, port.container_port, relay)


def _ends(endpoint: Endpoint, host_ip: str, relays: bool) -> Iterator[tuple[str, str, bool]]:
    """What a port is published between: an address of the host, one of the container, and
    whether a relay helps. Without a host address it is on all of the host's, of both families
    (as libnetwork's bridge driver does with its userland proxy)."""
    ipv4, ipv6 = endpoint.ipv4, endpoint.ipv6
    if ipv4 and (not host_ip or ":" not in host_ip):
        yield host_ip or "0.0.0.0", ipv4, False
    if host_ip and ":" not in host_ip:
        return
    host_ip = host_ip or "::"
    if ipv6 and host_ip != "::1":
        yield host_ip, ipv6, relays and host_ip == "::"
    elif relays and (ipv6 or ipv4):
        yield host_ip, ipv6 or ipv4, True


def _own_addresses(taken: Taken, segments: Iterable[Segment]) -> set[str]:
    """The host's addresses; none where they are not known."""
    own = {cidr.partition("/")[0] for cidr, _ in taken.own}
    if not own:
        return own
    spans = [s for net in (*taken.segments(), *segments) for s in (net.v4, net.v6) if s]
    return own | {span.gateway for span in spans}


def _refusal(endpoint: Endpoint, port: Port, host_ip: str, clash: Binding | None) -> str:
    if not port.host_port or port.host_port_end:
        first, last = port.host_port or _FIRST_RANDOM, port.host_port_end or _LAST_RANDOM
        return (
            f"{endpoint.container}: no port of {host_ip}:{first}-{last}/{port.protocol} is free: "
            "all ports are allocated: publish on others"
        )
    user = f"by {clash.container}" if clash else "by a program on the host"
    return (
        f"{endpoint.container}: port {host_ip}:{port.host_port}/{port.protocol} "
        f"is already allocated {user}: publish on another host port"
    )


def _unreachable(endpoint: Endpoint, port: Port, host_ip: str, proxy: bool) -> str:
    """Without a relay only the kernel is left: it cannot translate between families, and drops
    what is sent to the IPv6 loopback address from outside (net/ipv6/ip6_input.c)."""
    family = "IPv6" if endpoint.ipv6 else "IPv4"
    why = "this host has no IPv6" if proxy else "userland-proxy is off"
    if ":" not in host_ip:
        why = "no relay is made from IPv4 to IPv6"
    return (
        f"{endpoint.container}: port {port} is not published: {why}, and the kernel does not "
        f"translate from {host_ip} to the container's {family} address"
    )
