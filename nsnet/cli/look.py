"""Looking up one container as Docker does, and by its service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..operations.errors import NoSuch
    from ..operations.find import FoundContainer
    from ..topology.model import Container


def found(name: str) -> FoundContainer:
    """The container of this name, id or beginning of an id, or the only one of the service
    `name`. Raises `NoSuch` (exit code 1), or `Refused` where it could be several."""
    from ..looking.state import state
    from ..operations import find
    from ..operations.errors import NoSuch, Refused

    now = state()
    try:
        return find.container(now, name)
    except NoSuch as error:
        served = [each for each in find.containers(now) if each.container.service == name]
        if not served:
            known = (each.container for each in find.containers(now))
            hint_at(error, name, known)
            raise
    if len(served) > 1:
        names = ", ".join(each.container.name for each in served)
        raise Refused(f"service {name} has several containers: name one of {names}")
    return served[0]


def hint_at(error: NoSuch, name: str, known: Iterable[Container]) -> None:
    """Let the error say what `name` was meant to be, if something comes close."""
    from .guess import meant

    names = [word for one in known for word in (one.name, one.service) if word]
    error.why = meant(name, names) or error.why
