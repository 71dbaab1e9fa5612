"""nsnet's records as the plain values that a picture takes its names from."""

from __future__ import annotations

from collections.abc import Mapping

from ..diagnose.graph.known import Known, KnownContainer, KnownNetwork, KnownPort
from ..kernel.errors import PreconditionError
from ..topology.layout import Binding, Segment
from ..topology.model import Container
from .state import state, whose_stack


def recorded() -> Known:
    """What is recorded of this host; nothing where only root may know it."""
    try:
        layouts = [record.layout for record in state().records.values()]
    except PreconditionError:
        return Known()
    all_of_them = {c.name: c for each in layouts for c in each.topology.containers}
    running = [c for c in all_of_them.values() if not c.stopped]
    segments = {(s.name, s.device): s for each in layouts for s in each.segments}
    return Known(
        containers=tuple(_container(c, all_of_them) for c in running),
        networks=tuple(_network(s) for s in segments.values()),
        ports=tuple(_port(b) for each in layouts for b in each.bindings),
        stopped=tuple(c.name for c in all_of_them.values() if c.stopped),
    )


def _container(one: Container, others: Mapping[str, Container]) -> KnownContainer:
    owner = others[whose_stack(others, one.name)]
    return KnownContainer(
        name=one.name,
        space="" if owner.mode == "host" else owner.name,
        mode=one.mode,
        about=one.image or " ".join(one.command) or ("stub listener" if one.stub else ""),
        paused=one.paused,
        service=one.service,
    )


def _network(one: Segment) -> KnownNetwork:
    return KnownNetwork(
        name=one.name,
        driver=one.driver,
        device=one.device,
        subnets=tuple(span.subnet for span in (one.v4, one.v6) if span),
        internal=one.internal,
        icc=one.icc,
        masquerade=one.masquerade,
    )


def _port(one: Binding) -> KnownPort:
    return KnownPort(
        host_ip=one.host_ip,
        host_port=one.host_port,
        protocol=one.protocol,
        container=one.container,
        ip=one.ip,
        port=one.port,
        relay=not one.translated,
    )
