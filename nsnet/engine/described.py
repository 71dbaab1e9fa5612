"""An edit that only describes one more container, which does not run: the host stays as it is.

`nsnet run` is such an edit and then its start. A plan for the first would look at all that is up
to find that there is nothing to do.
"""

from __future__ import annotations

from ..plan.names import asks_resolver
from ..topology.layout import Layout
from ..topology.model import Container, Topology
from ..topology.naming import MAX_NAME
from ..value import replace
from .state import Record, State, claimed_elsewhere, save


def describe(folder: str, state: State, topology: Topology) -> Layout | None:
    """Record `topology` if it is what is recorded and one stopped container more; its layout
    then, None if it takes a plan. Raises `KernelError` if it cannot be recorded."""
    layout = _with_one_more(state, topology, claimed_elsewhere(folder))
    if layout is None:
        return None
    record = state.records[layout.name]
    earlier, record.layout = record.layout, layout
    try:
        save(folder, state)
    except BaseException:
        record.layout = earlier
        raise
    return layout


def _with_one_more(state: State, topology: Topology, elsewhere: dict[str, str]) -> Layout | None:
    """The layout, None if there is anything to plan, or to refuse. `elsewhere` are the names of
    other hosts' containers."""
    record = state.records.get(topology.name)
    if record is None or not _plain(record, topology):
        return None
    known, new = record.layout.topology.containers, topology.containers[-1]
    names = {c.name for layout in state.layouts() for c in layout.topology.containers}
    taken = new.name in names or new.name in elsewhere
    resolver = not asks_resolver(new) or any(asks_resolver(each) for each in known)
    if taken or not resolver or any(_means(each, new.name) for each in known):
        return None
    if len(new.name.encode()) > MAX_NAME:
        return None
    return replace(record.layout, topology=topology)


def _plain(record: Record, topology: Topology) -> bool:
    old = record.layout.topology
    return (
        record.complete
        and not record.leftovers
        and bool(topology.containers)
        and topology.containers[-1].stopped
        and topology.containers[:-1] == old.containers
        and topology.networks == old.networks
    )


def _means(container: Container, name: str) -> bool:
    """Does `container` speak of one called `name`, in whose place the new one would be?"""
    links = [*container.links, *(link for a in container.attachments for link in a.links)]
    return container.share == name or any(link.container == name for link in links)
