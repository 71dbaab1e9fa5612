"""The picture of a host's networks."""

from __future__ import annotations

from collections.abc import Sequence

from ..diagnose.graph.build import build
from ..diagnose.graph.model import Graph
from ..diagnose.graph.only import only
from ..engine.host import has_rights
from ..kernel.stack import Stack
from ..kernel.survey import Survey
from .recorded import recorded


def graph(what: Sequence[str] = ()) -> Graph:
    """All network namespaces and what connects them; of `what` (networks, containers, namespaces)
    alone, if something is named. Raises `NotFound`."""
    allowed, known = has_rights(), recorded()
    with Stack(privileged=allowed) as stack:
        found = build(Survey(stack), known, allowed)
    return only(found, [known.called(each) for each in what]) if what else found
