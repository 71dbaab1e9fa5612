"""Edits of a topology, as values: nothing here touches the host."""

from __future__ import annotations

import re
import signal

from ..engine.state import State
from ..plan.names import on_user_network
from ..topology.layout import Layout
from ..topology.model import BY_HAND, DEFAULT_NETWORK, Attachment, Container, Network, Topology
from ..value import replace

_PREFIX = "com.docker.network.container_iface_prefix"


def by_hand(state: State) -> Topology:
    """The topology of what single commands make; an empty one where they made nothing yet."""
    record = state.records.get(BY_HAND)
    return record.layout.topology if record else Topology(BY_HAND)


def put(topology: Topology, container: Container) -> Topology:
    """`topology` with `container` in the place of the one of its name, or as its last."""
    kept = [container if c.name == container.name else c for c in topology.containers]
    if topology.container(container.name) is None:
        kept.append(container)
    return replace(topology, containers=tuple(kept))


def sharing(topology: Topology, name: str, adrift: bool) -> Topology:
    """`topology` in which those that run in the sandbox of `name` have lost it (`adrift`), or
    have it again. Those that share with one of them have no sandbox of their own either."""
    hit = {name}
    changed = []
    for one in topology.containers:  # in start order: whom it shares with stands before it
        if one.share in hit and not one.stopped:
            hit.add(one.name)
            one = replace(one, adrift=adrift)
        changed.append(one)
    return replace(topology, containers=tuple(changed))


def without_sharers(topology: Topology, name: str, now: float) -> Topology:
    """`topology` in which those that ran in the sandbox of `name` have ended."""
    cut_off = sharing(topology, name, adrift=True)
    killed = 128 + signal.SIGKILL
    return replace(
        topology,
        containers=tuple(ended(c, now, killed) if c.adrift else c for c in cut_off.containers),
    )


def drop(topology: Topology, name: str) -> Topology:
    """`topology` without the container `name`."""
    return replace(topology, containers=tuple(c for c in topology.containers if c.name != name))


def drop_network(topology: Topology, name: str) -> Topology:
    """`topology` without the network `name`."""
    return replace(topology, networks=tuple(n for n in topology.networks if n.name != name))


def declared(state: State, topology: Topology) -> Topology:
    """`topology` declaring just those networks of others that its running containers are on:
    one that nobody is on may be removed by its owner.

    What is made by hand has the default bridge beside it, used or not: Docker's is there as
    soon as its daemon is, and its address answers on every network.
    """
    used = {a.network for c in topology.containers if not c.stopped for a in c.attachments}
    own = [n for n in topology.networks if not _borrowed(n)]
    if topology.name == BY_HAND and (own or topology.containers):
        used.add(DEFAULT_NETWORK)
    borrowed = [n for n in topology.networks if _borrowed(n) and n.name in used]
    known = {n.name for n in (*own, *borrowed)}
    new = [_borrow(state, name) for name in sorted(used - known)]
    return replace(topology, networks=(*borrowed, *(n for n in new if n), *own))


def _borrowed(network: Network) -> bool:
    return network.external or network.name == DEFAULT_NETWORK


def _borrow(state: State, name: str) -> Network | None:
    if name == DEFAULT_NETWORK:
        return Network(DEFAULT_NETWORK, DEFAULT_NETWORK)
    for record in state.records.values():
        segment = record.layout.segment(name)
        if segment:
            return Network(name, name, segment.driver, internal=segment.internal, external=True)
    return None


def pinned(container: Container, layout: Layout) -> Container:
    """A running container whose interfaces keep the names that they have, whatever comes and
    goes beside them."""
    devices = {e.network: e.device for e in layout.endpoints_of(container.name)}
    wishes = (replace(a, device=devices.get(a.network, a.device)) for a in container.attachments)
    return replace(
        container,
        attachments=tuple(wishes),
        plugged=max(container.plugged, len(container.attachments)),
    )


def plugged(container: Container, wish: Attachment, network: Network) -> Container:
    """A running container with one more endpoint, on the next interface: a number is not used
    twice (measured of Docker 20.10: disconnect and connect again give eth1)."""
    device = wish.device or f"{network.option(_PREFIX) or 'eth'}{container.plugged}"
    wishes = (*container.attachments, replace(wish, device=device))
    user_defined = network.name != DEFAULT_NETWORK and container.mode != "namespace"
    return replace(
        container,
        attachments=wishes,
        plugged=container.plugged + 1,
        resolver=container.resolver or user_defined,
    )


def unplugged(container: Container, network: str) -> Container:
    """`container` without its endpoint on `network`."""
    kept = tuple(a for a in container.attachments if a.network != network)
    return replace(container, attachments=kept)


def begun(container: Container, now: float) -> Container:
    """`container` as it starts: interfaces are numbered afresh."""
    return replace(
        container,
        stopped=False,
        paused=False,
        restarting=False,
        started=now,
        finished=0.0,
        exit_code=0,
        plugged=len(container.attachments),
        resolver=container.mode == "bridge" and on_user_network(container),
    )


def ended(container: Container, now: float, status: int) -> Container:
    """`container` as it has ended: its addresses are free, its wishes stay."""
    wishes = tuple(replace(a, device=_chosen(a.device)) for a in container.attachments)
    return replace(
        container,
        attachments=wishes,
        stopped=True,
        paused=False,
        restarting=False,
        adrift=False,
        finished=now,
        exit_code=status,
        plugged=0,
        resolver=False,
    )


def _chosen(device: str) -> str:
    """A name that the user chose; numbers are given anew at the next start."""
    return "" if re.fullmatch(r"[a-z]+\d+", device) else device
