"""The places of this host that commands may name: what nsnet made, and every namespace."""

from __future__ import annotations

from ..diagnose.place import Place
from ..diagnose.places import Places
from ..engine.state import State
from ..kernel.stack import Stack
from ..kernel.survey import Survey
from ..operations import find
from ..operations.errors import NoSuch
from ..operations.find import FoundContainer
from .state import state


def places(stack: Stack) -> Places:
    """The places of the host that `stack` is. Where only root may read what is recorded, there are
    namespaces alone. Raises `PreconditionError` as `state`."""
    survey, recorded = Survey(stack), state()
    known = known_places(recorded, survey)
    return Places(survey, known, _stopped(recorded) - known.keys())


def known_places(state: State, survey: Survey) -> dict[str, Place]:
    """nsnet's running containers by each word that a user may call them."""
    found: dict[str, Place] = {}
    served: dict[str, list[Place]] = {}
    for each in find.containers(state):
        key = _space(each, state, survey) if each.running else None
        if key is None:
            continue
        place = found[each.container.name] = _place(each, key)
        if each.container.service:
            served.setdefault(each.container.service, []).append(place)
    for each in find.containers(state):
        if each.container.name in found and each.id:
            found.setdefault(each.id[:12], found[each.container.name])
    for service, several in served.items():
        if len(several) == 1:
            found.setdefault(service, several[0])
    return found


def _stopped(state: State) -> set[str]:
    """The words for the containers that do not run."""
    still = [each for each in find.containers(state) if not each.running]
    words = ((each.container.name, each.container.service, each.id[:12]) for each in still)
    return {word for several in words for word in several if word}


def _place(each: FoundContainer, key: str) -> Place:
    layout, one = each.record.layout, each.container
    owner = layout.topology.owner(one) or one
    networks = {
        e.network: tuple(cidr.partition("/")[0] for cidr in (e.ipv4, e.ipv6) if cidr)
        for e in layout.endpoints_of(owner.name)
    }
    ports = (
        f"{b.where}->{b.port}/{b.protocol}" for b in layout.bindings if b.container == one.name
    )
    return Place(one.name, key, one.mode, True, networks, tuple(ports))


def _space(each: FoundContainer, state: State, survey: Survey) -> str | None:
    """The key of the namespace that a container is in."""
    owner = each
    try:
        while owner.container.mode == "container":
            owner = find.container(state, owner.container.share)
    except NoSuch:
        return None
    if owner.container.mode == "host":
        return ""
    name = owner.container.name
    return next((key for key, space in survey.spaces().items() if name in space.names), None)
