"""``network create``, ``rm``, ``connect``, ``disconnect`` and ``prune``."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..engine.engine import Engine
from ..engine.session import Session
from ..topology.identity import new_id
from ..topology.model import BY_HAND, DEFAULT_NETWORK, PREDEFINED, Attachment, Container, Network
from ..value import replace
from . import edit, find, foreign
from .errors import NoSuch, Refused, refusing
from .journal import note_network


def create(engine: Engine, network: Network) -> Network:
    """Make a network; as made, with its id. Raises `Refused`."""
    if network.name in (*PREDEFINED, "default"):
        raise Refused(
            f"operation is not permitted on predefined {network.name} network: choose another name"
        )
    network = replace(network, id=new_id(), created=time.time())
    with refusing(), engine.session() as session:
        taken = [n for n in find.networks(session.state) if n.network.name == network.name]
        if taken:
            raise Refused(
                f"network with name {network.name} already exists: choose another name, "
                f"or remove it (nsnet network rm {network.name})"
            )
        topology = edit.by_hand(session.state)
        topology = replace(topology, networks=(*topology.networks, network))
        session.edit(edit.declared(session.state, topology))
        note_network(session, "create", network)
    return network


def remove(engine: Engine, name: str) -> Network:
    """Remove a network that no running container is on; which it was. Raises `Refused`."""
    with refusing(), engine.session() as session:
        found = find.network(session.state, name)
        if found.record is None:
            raise Refused(f"{name} is a pre-defined network and cannot be removed")
        _remove(session, found)
        return found.network


def _remove(session: Session, found: find.FoundNetwork) -> None:
    name = found.network.name
    members = find.members(session.state, name)
    if members or found.record is None:
        who = ", ".join(foreign.typed(each.container) for each in members)
        raise Refused(
            f"network {name} has active endpoints: {who}: stop them, or take them off it "
            f"(nsnet network disconnect {name} CONTAINER)"
        )
    topology = edit.drop_network(found.record.layout.topology, name)
    session.edit(edit.declared(session.state, topology))
    note_network(session, "destroy", found.network)


def prune(engine: Engine, wanted: Callable[[Network], bool] = lambda network: True) -> list[str]:
    """Remove every network made by hand that nobody is on and that `wanted` says yes to;
    their names."""
    removed = []
    with refusing(), engine.session() as session:
        for found in list(find.networks(session.state)):
            ours = found.record is not None and found.record.layout.name == BY_HAND
            unused = not find.members(session.state, found.network.name)
            if ours and unused and wanted(found.network):
                _remove(session, find.network(session.state, found.network.name))
                removed.append(found.network.name)
    return removed


def connect(engine: Engine, network: str, container: str, wish: Attachment) -> Container:
    """Give a container (or the foreign namespace ``ns:…``) an endpoint on a network; the
    container as it is then. Raises `Refused`."""
    with refusing(), engine.session() as session:
        net = find.network(session.state, network).network
        if foreign.is_meant(container):
            return foreign.connect(session, net, container, replace(wish, network=net.name))
        found = find.container(session.state, container)
        _check_mode(found.container, net.name)
        wish = replace(wish, network=net.name)
        _check_wish(found.container, net, wish)
        if found.running:
            one = edit.plugged(edit.pinned(found.container, found.record.layout), wish, net)
        else:
            one = replace(found.container, attachments=(*found.container.attachments, wish))
        topology = edit.put(found.record.layout.topology, one)
        session.edit(edit.declared(session.state, topology))
        note_network(session, "connect", net, found.id)
        return one


def _check_mode(container: Container, network: str) -> None:
    if network == "host":
        raise Refused(
            "container cannot be disconnected from host network or connected to host network: "
            "give --network host when it is created"
        )
    if container.mode in ("host", "container"):
        raise Refused(
            f"container {container.name} is sharing the network namespace of another container or "
            "of the host, and cannot be connected to any other network"
        )
    if network == "none" or container.mode == "none":
        raise Refused(
            f"container {container.name} cannot be connected to multiple networks with one of "
            "the networks in private (none) mode: create it without --network none"
        )


def _check_wish(container: Container, network: Network, wish: Attachment) -> None:
    if any(a.network == network.name for a in container.attachments):
        raise Refused(
            f"endpoint with name {container.name} already exists in network {network.name}"
        )
    check_wish(network, wish)


def check_wish(network: Network, wish: Attachment) -> None:
    """What cannot be asked of a network's endpoint. Raises `Refused`."""
    if network.name == DEFAULT_NETWORK and wish.aliases:
        raise Refused(
            "network-scoped alias is supported only for containers in user defined networks"
        )
    subnets = {":" in (pool.subnet or "") for pool in network.pools if pool.subnet}
    for address, six in ((wish.ipv4, False), (wish.ipv6, True)):
        if address and six not in subnets:
            raise Refused(
                f"user specified IP address {address} is supported only when connecting to "
                f"networks with user configured subnets: create {network.name} with --subnet"
            )


def disconnect(engine: Engine, network: str, container: str, force: bool = False) -> None:
    """Take a container's (or foreign namespace's) endpoint off a network. Raises `Refused`."""
    with refusing(), engine.session() as session:
        name = _name(session, network, container)
        if foreign.is_meant(container):
            foreign.disconnect(session, name, container)
            return
        try:
            found = find.container(session.state, container)
        except NoSuch:
            if force:
                raise NoSuch(f"endpoint {container} not found on network {name}") from None
            raise
        _unplug(session, found, name)


def _name(session: Session, network: str, container: str) -> str:
    """The network's full name. A stopped container may be on one that is gone."""
    try:
        return find.network(session.state, network).network.name
    except NoSuch:
        known = [c.container for c in find.containers(session.state)]
        for each in known:
            if container == each.name and any(a.network == network for a in each.attachments):
                return network
        raise


def _unplug(session: Session, found: find.FoundContainer, network: str) -> None:
    one = found.container
    if network == "host" or one.mode == "host":
        raise Refused(
            "container cannot be disconnected from host network or connected to host network"
        )
    if network == "none" and one.mode == "none":
        # From now on it may be connected elsewhere, as in Docker.
        free = edit.put(found.record.layout.topology, replace(one, mode="bridge"))
        session.edit(edit.declared(session.state, free))
        return
    if all(a.network != network for a in one.attachments):
        raise Refused(f"container {one.name} is not connected to network {network}")
    if found.running:
        one = edit.pinned(one, found.record.layout)
    one = edit.unplugged(one, network)
    topology = edit.put(found.record.layout.topology, one)
    session.edit(edit.declared(session.state, topology))
    note_network(session, "disconnect", Network(network), found.id)
