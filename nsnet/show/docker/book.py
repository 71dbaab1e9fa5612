"""The state of a host, opened where containers and networks are looked up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from ...engine.state import Record, State
from ...topology.config import Config
from ...topology.identity import container_id, network_id
from ...topology.layout import Endpoint, Segment
from ...topology.model import PREDEFINED, Container, Network


@dataclass(frozen=True, slots=True)
class Item:
    """A container of a topology."""

    record: Record
    container: Container

    @property
    def id(self) -> str:
        """Its 64 hex digits."""
        return container_id(self.record.layout.name, self.container)

    @property
    def name(self) -> str:
        """Its name."""
        return self.container.name

    @property
    def pid(self) -> int:
        """Its first process, as seen from here; 0 where none runs."""
        process = self.record.processes.get(self.name)
        return process.pid if process and process.alive and not self.container.stopped else 0

    @property
    def status(self) -> str:
        """``created``, ``running``, ``paused``, ``restarting`` or ``exited``."""
        container = self.container
        if container.restarting:
            return "restarting"
        if container.stopped:
            return "exited" if container.started or container.finished else "created"
        if self.name in self.record.processes and not self.pid:
            return "exited"
        return "paused" if container.paused else "running"

    @property
    def running(self) -> bool:
        """Is its command running, or its sandbox there without any?"""
        return self.status in ("running", "paused", "restarting")

    @property
    def idle(self) -> bool:
        """Is its sandbox there, with nothing started in it?"""
        return not self.container.stopped and self.name not in self.record.processes

    @property
    def created(self) -> float:
        """When it was made, in seconds since 1970."""
        return self.container.created or self.record.created

    @property
    def started(self) -> float:
        """When it was last started; 0 for never."""
        if self.status == "created":
            return 0.0
        return self.container.started or self.record.created

    @property
    def exit_code(self) -> int:
        """How its command ended, as far as anybody noted it."""
        process = self.record.processes.get(self.name)
        if self.container.stopped or process is None or self.pid:
            return self.container.exit_code
        return process.exit_status or 0

    @property
    def finished(self) -> float:
        """When its command ended; 0 for never, or if nobody noted it."""
        process = self.record.processes.get(self.name)
        if self.container.finished or process is None or self.status != "exited":
            return self.container.finished
        with suppress(OSError):
            return os.stat(f"{process.log}.exit").st_mtime
        return 0.0

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its plugs; none while it is stopped."""
        return self.record.layout.endpoints_of(self.name)


@dataclass(frozen=True, slots=True)
class Net:
    """A network, where it was declared, and how it was laid out (if it is there)."""

    network: Network
    record: Record | None = None
    segment: Segment | None = None

    @property
    def id(self) -> str:
        """Its 64 hex digits."""
        return network_id(self.record.layout.name if self.record else "", self.network)

    @property
    def name(self) -> str:
        """Its full name."""
        return self.network.name

    @property
    def predefined(self) -> bool:
        """Is it there without anybody creating it?"""
        return self.name in PREDEFINED


@dataclass(slots=True)
class Book:
    """Everything that is recorded of a host; `folder` is where its files are."""

    state: State
    folder: str = ""
    config: Config = field(default_factory=Config)

    def items(self) -> Iterator[Item]:
        """Every container; not the foreign namespaces."""
        for item in self.plugged():
            if item.container.mode != "namespace":
                yield item

    def plugged(self) -> Iterator[Item]:
        """Every container and foreign namespace."""
        for record in self.state.records.values():
            for container in record.layout.topology.containers:
                yield Item(record, container)

    def nets(self) -> list[Net]:
        """Every network, by name; the predefined ones are always there."""
        records = list(self.state.records.values())
        found: dict[str, Net] = {}
        for name, driver in PREDEFINED.items():
            segments = (record.layout.segment(name) for record in records)
            segment = next((each for each in segments if each), None)
            found[name] = Net(Network(name, name, driver), None, segment)
        for record in records:
            for network in record.layout.topology.networks:
                if not network.external and network.name not in found:
                    segment = record.layout.segment(network.name)
                    found[network.name] = Net(network, record, segment)
        return sorted(found.values(), key=lambda net: net.name)

    def net(self, name: str) -> Net | None:
        """The network called `name`, or None."""
        return next((each for each in self.nets() if each.name == name), None)

    def began(self) -> float:
        """When the predefined networks came: with the first topology; 0 before."""
        return min((r.created for r in self.state.records.values()), default=0.0)

    def named(self, text: str) -> list[Item]:
        """The container of this name or id, or those whose id begins so."""
        known = list(self.items())
        name = text.removeprefix("/")
        found = [each for each in known if each.name == name]
        return found or [each for each in known if text and each.id.startswith(text)]

    def nets_named(self, text: str) -> list[Net]:
        """The network of this name or id, or those whose id begins so."""
        known = self.nets()
        found = [each for each in known if each.name == text]
        return found or [each for each in known if text and each.id.startswith(text)]


def derived(*words: str) -> str:
    """An id of 64 hex digits for what has none of its own: an endpoint, a sandbox."""
    import hashlib

    return hashlib.sha256("\0".join(words).encode()).hexdigest()


__all__ = ["Book", "Item", "Net", "derived"]
