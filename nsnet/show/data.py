"""The JSON of ``--format json``: keys are stable, and listed in each command's help."""

from __future__ import annotations

from ..topology.layout import Binding, Endpoint, Layout, Segment, Span
from .steps import Shown

Json = dict[str, object]


def layout(value: Layout) -> Json:
    """A topology that is up."""
    return {
        "name": value.name,
        "source": value.topology.source,
        "networks": [network(each) for each in value.segments],
        "containers": [
            {
                "name": c.name,
                "service": c.service,
                "mode": c.mode,
                "endpoints": [endpoint(e) for e in value.endpoints_of(c.name)],
                "ports": [binding(b) for b in value.bindings if b.container == c.name],
            }
            for c in value.topology.containers
        ],
        "notes": list(value.topology.notes),
    }


def network(value: Segment) -> Json:
    """A network and its bridge."""
    return {
        "name": value.name,
        "driver": value.driver,
        "bridge": value.device,
        "internal": value.internal,
        "subnets": [_span(each) for each in (value.v4, value.v6) if each],
    }


def endpoint(value: Endpoint) -> Json:
    """A container's plug in a network."""
    return {
        "network": value.network,
        "interface": value.device,
        "host_interface": value.host_device,
        "ipv4": value.ipv4,
        "ipv6": value.ipv6,
        "mac": value.mac,
    }


def binding(value: Binding) -> Json:
    """A published port."""
    return {
        "host_ip": value.host_ip,
        "host_port": value.host_port,
        "container_port": value.port,
        "protocol": value.protocol,
    }


def change(value: Shown) -> Json:
    """A step of a plan."""
    return {
        "sign": value.sign,
        "phase": value.phase.partition(":")[0].lower(),
        "what": value.what,
        "why": value.why,
        "commands": list(value.commands),
    }


def _span(value: Span) -> Json:
    return {"subnet": value.subnet, "gateway": value.gateway}
