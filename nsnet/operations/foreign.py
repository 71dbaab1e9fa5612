"""Endpoints in network namespaces that somebody else made: ``ns:/run/netns/X`` and ``ns:PID``."""

from __future__ import annotations

import os
from itertools import count

from ..engine.session import Session
from ..kernel import netns
from ..topology.allocate import NO_DEFAULT_ROUTE
from ..topology.model import Attachment, Container, Network
from ..value import replace
from . import edit
from .errors import NoSuch, Refused

_WORD = "ns:"


def is_meant(text: str) -> bool:
    """Does `text` name a foreign namespace?"""
    return text.startswith(_WORD)


def path(text: str) -> str:
    """The file that stands for the namespace ``ns:PATH``, ``ns:PID`` or ``ns:NAME``."""
    word = text.removeprefix(_WORD)
    if word.isdigit():
        return f"/proc/{word}/ns/net"
    return os.path.normpath(word) if "/" in word else netns.path(word)


def name(text: str) -> str:
    """What it is called below /run/netns: its own name there, or one that nsnet gives it."""
    file = path(text)
    folder, _, base = file.rpartition("/")
    if folder == netns.DIRECTORY:
        return base
    word = text.removeprefix(_WORD)
    return f"ns-{word}" if word.isdigit() else f"ns-{base}"


def typed(container: Container) -> str:
    """What one types for `container`, a foreign namespace or not."""
    if container.mode != "namespace":
        return container.name
    words = container.namespace.split("/")
    return _WORD + (words[2] if words[1] == "proc" else container.namespace)


def connect(session: Session, network: Network, text: str, wish: Attachment) -> Container:
    """Plug a network into a foreign namespace. Raises `Refused`, `NoSuch`."""
    topology = edit.by_hand(session.state)
    one = topology.container(name(text))
    one = one or Container(name(text), mode="namespace", namespace=path(text))
    _check(session, one, text)
    there, way_out = session.seen.peek(path(text))
    plugs = [a for a in one.attachments if a.network == network.name]
    if plugs and plugs[0].device in there:
        raise Refused(f"endpoint with name {one.name} already exists in network {network.name}")
    if plugs:  # the namespace has been made anew since
        session.repair(topology)
        return one
    if way_out and not one.attachments:
        wish = replace(wish, options=(*wish.options, (NO_DEFAULT_ROUTE, "")))
    if wish.device in there:
        raise Refused(
            f"{path(text)} has an interface {wish.device} already: choose another --interface"
        )
    record = session.state.records.get(topology.name)
    if record:
        one = edit.pinned(one, record.layout)
    there |= {a.device for a in one.attachments}
    device = wish.device or next(d for n in count() if (d := f"eth{n}") not in there)
    one = edit.plugged(one, replace(wish, device=device), network)
    session.edit(edit.declared(session.state, edit.put(topology, one)))
    return one


def _check(session: Session, one: Container, text: str) -> None:
    """Is it a namespace, and nobody's of ours? Raises `Refused`, `NoSuch`."""
    inode = netns.inode_at(path(text))
    if not inode:
        raise NoSuch(f"{path(text)} is no network namespace", see="ip netns list")
    session.stack.enter("")
    if inode == netns.inode():
        raise Refused(f"{path(text)} is the host's own namespace: it is on every network already")
    ours = {
        c.name
        for record in session.state.records.values()
        for c in record.layout.topology.containers
        if c.mode != "namespace" and not c.stopped
    }
    found = [each for each in ours if session.seen.names.get(each) == inode]
    if found:
        raise Refused(f"{path(text)} is the sandbox of container {found[0]}: name that instead")
    if one.mode != "namespace":
        raise Refused(f"{one.name} is a container of nsnet: name it without {_WORD}")


def disconnect(session: Session, network: str, text: str) -> None:
    """Take its endpoint off; the namespace itself may be gone already. Raises `Refused`."""
    topology = edit.by_hand(session.state)
    one = topology.container(name(text))
    if one is None or all(a.network != network for a in one.attachments):
        raise Refused(f"namespace {path(text)} is not connected to network {network}")
    record = session.state.records[topology.name]
    one = edit.unplugged(edit.pinned(one, record.layout), network)
    rest = edit.put(topology, one) if one.attachments else edit.drop(topology, one.name)
    session.edit(edit.declared(session.state, rest))
