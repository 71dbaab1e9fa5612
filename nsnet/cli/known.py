"""Looking up what is up on this host, by the names that users type. Takes no lock."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .guess import meant

if TYPE_CHECKING:
    from ..engine.state import Record, State
    from ..kernel.process import Process
    from ..topology.model import Container


@dataclass(frozen=True, slots=True)
class Known:
    """A container of a topology that is up; `folder` has its host's files and logs."""

    record: Record
    container: Container
    folder: str

    @property
    def process(self) -> Process | None:
        """Its own first process, be it alive or not."""
        return self.record.processes.get(self.container.name)

    @property
    def owner(self) -> Container:
        """The container whose network stack it uses: itself, unless it shares one."""
        topology, owner = self.record.layout.topology, self.container
        while owner.mode == "container" and (shared := topology.container(owner.share)):
            owner = shared
        return owner

    @property
    def state(self) -> str:
        """``Up``, ``Exited (0)``, or ``no process`` where nothing was started."""
        process = self.process
        if process is None:
            return "no process"
        if process.alive:
            return "Up"
        status = process.exit_status
        return "Exited" if status is None else f"Exited ({status})"


def folder() -> str:
    """Where the state of this host is kept."""
    from ..engine.state import place
    from ..kernel.hostid import host_id

    return place(host_id())


def state() -> State:
    """What is recorded of this host. Raises `PreconditionError` where only root may know."""
    from ..engine.state import load

    place = folder()
    path = f"{place}/state.json"
    if os.path.exists(path) and not os.access(path, os.R_OK):
        from ..kernel.errors import PreconditionError

        raise PreconditionError("what is up here is root's", "run it as `sudo nsnet …`")
    return load(place)


def containers(of: State | None = None) -> Iterator[Known]:
    """Every container of this host."""
    place = folder()
    for record in (of or state()).records.values():
        for container in record.layout.topology.containers:
            yield Known(record, container, place)


def container(name: str) -> Known:
    """The container called `name`, or the only one of the service `name`.

    Raises `NotFound`, with what was meant; `UsageError` where it could be several.
    """
    known = list(containers())
    found = [each for each in known if each.container.name == name]
    found = found or [each for each in known if each.container.service == name]
    if len(found) == 1:
        return found[0]
    if found:
        import click

        names = ", ".join(each.container.name for each in found)
        raise click.UsageError(f"service {name} has several containers: name one of {names}")
    raise _unknown(name, known)


def _unknown(name: str, known: list[Known]) -> Exception:
    from ..kernel.errors import NotFound

    names = [each.container.name for each in known]
    names += [each.container.service for each in known]
    if not names:
        return NotFound(f"there is no container {name}", "nothing is up on this host")
    return NotFound(f"there is no container {name}", meant(name, names) or "`nsnet ps` lists all")


def no_topology(name: str, known: Iterable[str]) -> Exception:
    """`NotFound` for a topology, with what may have been meant."""
    from ..kernel.errors import NotFound

    hint = meant(name, known) or f"up are: {', '.join(known) or 'none'}"
    return NotFound(f"no topology {name} is up on this host", hint)
