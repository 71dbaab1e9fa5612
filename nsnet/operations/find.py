"""Looking up containers and networks in the state: by name, id, or the beginning of an id."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.state import Record, State
from ..kernel.process import Process
from ..topology.identity import container_id, matching, network_id, short
from ..topology.model import PREDEFINED, Container, Network
from ..value import Value
from .errors import NoSuch, Refused


class FoundContainer(Value):
    """A container and the record of its topology."""

    record: Record
    container: Container

    @property
    def id(self) -> str:
        """Its 64 hex digits."""
        return container_id(self.record.layout.name, self.container)

    @property
    def running(self) -> bool:
        """Is its sandbox there?"""
        return not self.container.stopped

    @property
    def process(self) -> Process | None:
        """Its own first process, or the last one that it had."""
        return self.record.processes.get(self.container.name)

    @property
    def dead(self) -> bool:
        """Has its command ended, with its sandbox still there? That is so for a moment, until it
        is seen to; for longer only where whoever sees to it was killed."""
        return self.running and self.process is not None and not self.process.alive


class FoundNetwork(Value):
    """A network and the record of its topology; None for the predefined ones."""

    record: Record | None
    network: Network

    @property
    def id(self) -> str:
        """Its 64 hex digits."""
        return network_id(self.record.layout.name if self.record else "", self.network)


def containers(state: State) -> Iterator[FoundContainer]:
    """Every container of this host; not the foreign namespaces."""
    for record in state.records.values():
        for container in record.layout.topology.containers:
            if container.mode != "namespace":
                yield FoundContainer(record, container)


def networks(state: State) -> Iterator[FoundNetwork]:
    """Every network of this host, the predefined ones first."""
    for name, driver in PREDEFINED.items():
        yield FoundNetwork(None, Network(name, name, driver))
    for record in state.records.values():
        for network in record.layout.topology.networks:
            if not network.external and network.name not in PREDEFINED:
                yield FoundNetwork(record, network)


def container(state: State, text: str) -> FoundContainer:
    """The container called `text`, or whose id begins so. Raises `NoSuch`, `Refused`."""
    known = list(containers(state))
    name = text.removeprefix("/")
    found = [each for each in known if each.container.name == name]
    found = found or [each for each in known if matching(text, [each.id])]
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"id {text} is the beginning of several: {', '.join(_names(found))}")
    raise NoSuch(f"No such container: {text}", "nsnet ps -a lists all")


def network(state: State, text: str) -> FoundNetwork:
    """The network called `text`, or whose id begins so. Raises `NoSuch`, `Refused`."""
    known = list(networks(state))
    found = [each for each in known if each.network.name == text]
    found = found or [each for each in known if matching(text, [each.id])]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each.network.name for each in found)
        raise Refused(f"id {text} is the beginning of several: {names}")
    raise NoSuch(f"network {text} not found", "nsnet network ls lists all")


def members(state: State, name: str) -> list[FoundContainer]:
    """The running containers that have an endpoint on a network, foreign namespaces too."""
    return [
        FoundContainer(record, each)
        for record in state.records.values()
        for each in record.layout.topology.containers
        if not each.stopped and any(a.network == name for a in each.attachments)
    ]


def _names(found: list[FoundContainer]) -> list[str]:
    return [f"{each.container.name} ({short(each.id)})" for each in found]
