"""Forgetting what is of no use any more."""

from __future__ import annotations

from ..engine.engine import Engine
from ..topology.model import BY_HAND, Container
from . import find
from .containers import remove


def stopped(engine: Engine) -> list[Container]:
    """Forget every container of a single command that does not run, and does not wait to be
    started again; as they were."""
    found = [
        each.container
        for each in find.containers(engine.state())
        if each.record.layout.name == BY_HAND
        and each.container.stopped
        and not each.container.restarting
    ]
    return [remove(engine, each.id) for each in found]
