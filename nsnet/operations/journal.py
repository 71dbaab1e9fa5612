"""What happened, for ``nsnet events``: in Docker's words and order."""

from __future__ import annotations

from ..engine import journal
from ..engine.session import Session
from ..topology.identity import container_id, network_id
from ..topology.model import BY_HAND, Container, Network
from . import find
from .errors import Refused


def note_network(session: Session, action: str, network: Network, container: str = "") -> None:
    """A network was made, removed, joined or left (by `container`, an id)."""
    try:
        found = find.network(session.state, network.name)
        network, id = found.network, found.id
    except Refused:  # it is gone by now
        id = network_id(BY_HAND, network)
    attributes = {"name": network.name, "type": network.driver}
    if container:
        attributes["container"] = container
    journal.note(session.folder, "network", action, id, attributes)


def note_container(session: Session, action: str, container: Container, **attributes: str) -> None:
    """Something happened to a container. With its start it joins its networks, with its end it
    leaves them."""
    id = _id(session, container)
    if action == "start":
        _plugs(session, "connect", container, id)
    known = dict(container.labels) | {"image": container.image, "name": container.name}
    journal.note(session.folder, "container", action, id, known | attributes)
    if action == "die":
        _plugs(session, "disconnect", container, id)


def _plugs(session: Session, action: str, container: Container, id: str) -> None:
    for wish in container.attachments:
        note_network(session, action, Network(wish.network), id)


def _id(session: Session, container: Container) -> str:
    """One that a file describes has an id that comes from its topology's name."""
    for known in find.containers(session.state):
        if known.container.name == container.name:
            return known.id
    return container_id(BY_HAND, container)
