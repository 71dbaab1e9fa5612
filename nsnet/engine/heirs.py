"""Networks that outlive the topology that made them, because others have containers on them."""

from __future__ import annotations

from ..topology.identity import network_id
from ..topology.layout import Layout, Segment
from ..topology.model import Network
from ..value import replace
from .state import Record, State


def inherit(state: State, gone: Layout) -> list[str]:
    """Give each network of `gone` that other topologies are still on to the oldest of these, which
    takes it along when it goes; their names. (Docker leaves such a network to nobody.)"""
    left = []
    for segment in gone.segments:
        users = _users(state, segment)
        if segment.owner == gone.name and users:
            heir = users[0].layout.name
            network = next(n for n in gone.topology.networks if n.name == segment.name)
            network = replace(network, id=network_id(gone.name, network))
            for record in state.records.values():
                record.layout = _passed_on(record.layout, segment, network, heir)
            left.append(segment.name)
    return left


def _users(state: State, segment: Segment) -> list[Record]:
    """Who has an endpoint on it, the oldest first."""
    found = [r for r in state.records.values() if r.layout.segment(segment.name)]
    return sorted(found, key=lambda record: record.created)


def _passed_on(layout: Layout, segment: Segment, network: Network, heir: str) -> Layout:
    segments = tuple(
        replace(s, owner=heir) if s.name == segment.name else s for s in layout.segments
    )
    networks = layout.topology.networks
    if layout.name == heir:
        networks = tuple(network if n.name == network.name else n for n in networks)
    topology = replace(layout.topology, networks=networks)
    return replace(layout, segments=segments, topology=topology)
