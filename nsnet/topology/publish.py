"""Choosing the host side of published ports."""

from __future__ import annotations

from collections.abc import Iterable

from .layout import Binding, Endpoint, Layout, Segment
from .model import Port, TopologyError
from .taken import Taken

#: Random host ports start where Linux's own ephemeral range does (ip_local_port_range).
_FIRST_RANDOM, _LAST_RANDOM = 32768, 60999


class Bindings:
    """The published ports of one topology, as they are chosen."""

    def __init__(self, taken: Taken, previous: Layout | None) -> None:
        self._taken, self._others = taken, taken.bindings()
        self._previous = previous.bindings if previous else ()
        self.made: list[Binding] = []
        self.notes: list[str] = []

    def add(self, endpoint: Endpoint, segment: Segment, port: Port) -> None:
        """Publish `port` of the container of `endpoint`. Raises `TopologyError`."""
        host_ip = port.host_ip or segment.host_ip or "0.0.0.0"
        ip = endpoint.ipv6 if ":" in host_ip else endpoint.ipv4
        if not ip or host_ip == "::1":
            self.notes.append(_unreachable(endpoint, port))
            return
        clash: Binding | None = None
        for number in self._candidates(endpoint, port):
            binding = Binding(
                port.protocol,
                host_ip,
                number,
                endpoint.container,
                endpoint.network,
                ip,
                port.container_port,
            )
            clash = next((b for b in (*self._others, *self.made) if b.clashes(binding)), None)
            # A fixed port that a program holds is told by the engine, with the way to see it.
            fixed = port.host_port and not port.host_port_end
            if clash is None and (fixed or self._taken.port_free(port.protocol, host_ip, number)):
                self.made.append(binding)
                return
        user = f"by {clash.container}" if clash else "by a program on the host"
        raise TopologyError(
            f"{endpoint.container}: port {host_ip}:{port.host_port or 'any'}/{port.protocol} "
            f"is already allocated {user}: publish on another host port"
        )

    def as_tuples(self) -> tuple[tuple[Binding, ...], tuple[str, ...]]:
        """What was published, and remarks on what could not be."""
        return tuple(self.made), tuple(self.notes)

    def _candidates(self, endpoint: Endpoint, port: Port) -> Iterable[int]:
        if port.host_port:
            return range(port.host_port, (port.host_port_end or port.host_port) + 1)
        free = range(_FIRST_RANDOM, _LAST_RANDOM + 1)
        for old in self._previous:
            same = (old.container, old.port, old.protocol)
            if same == (endpoint.container, port.container_port, port.protocol):
                return (old.host_port, *free)
        return free


def _unreachable(endpoint: Endpoint, port: Port) -> str:
    """Docker's userland proxy would do it; the kernel cannot translate between families, nor
    route the IPv6 loopback address."""
    return (
        f"{endpoint.container}: port {port} is not published: no proxy stands between "
        f"{port.host_ip} and the container's {'IPv6' if endpoint.ipv6 else 'IPv4'} address"
    )
