"""Where the automatic choices of a host go on: Docker does not give a subnet or a random port
again as soon as it is free, but takes the next one."""

from __future__ import annotations

from ..topology.layout import Layout
from ..topology.model import DEFAULT_NETWORK, Pool
from ..value import Value


class Cursors(Value):
    """The last subnet (CIDR text) and the last random host port that were given out."""

    subnet: str = ""
    port: int = 0


def advanced(cursors: Cursors, layout: Layout, previous: Layout | None) -> Cursors:
    """`cursors` after the choices of `layout`, of which `previous` had some already."""
    return Cursors(
        _last_subnet(layout, previous) or cursors.subnet,
        _last_port(layout, previous) or cursors.port,
    )


def _last_subnet(layout: Layout, previous: Layout | None) -> str:
    chosen = {n.name for n in layout.topology.networks if not any(_ipv4(p) for p in n.pools)}
    old = {s.name for s in previous.segments} if previous else set()
    new = [
        segment.v4.subnet
        for segment in layout.segments
        if segment.v4
        and segment.name in chosen - old
        and segment.name != DEFAULT_NETWORK
        and segment.owner == layout.name
    ]
    return new[-1] if new else ""


def _ipv4(pool: Pool) -> bool:
    """Does it name the IPv4 subnet?"""
    return bool(pool.subnet) and ":" not in str(pool.subnet)


def _last_port(layout: Layout, previous: Layout | None) -> int:
    old = set(previous.bindings) if previous else set()
    fixed = {
        (container.name, port.container_port, port.protocol)
        for container in layout.topology.containers
        for port in container.ports
        if port.host_port
    }
    new = [
        binding.host_port
        for binding in layout.bindings
        if binding not in old and (binding.container, binding.port, binding.protocol) not in fixed
    ]
    return new[-1] if new else 0
