"""The helper's side: one engine, on one host, for one lab."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from ..engine import outside
from ..engine.engine import Engine
from ..kernel import netns
from ..kernel.errors import NotFound
from ..kernel.inside import inside
from ..kernel.observe import file_text
from ..kernel.visit import Visit
from ..kernel.wire import WithFiles
from ..plan import script
from ..plan.diff import Change
from ..plan.outside import ADDRESS, NAME
from ..plan.step import TITLES, Undo
from ..plan.steps.fault.base import FaultStep
from ..resolver import standby
from ..topology.codec import plain, restore
from ..topology.layout import Layout
from ..topology.model import Container, Topology
from ..value import replace
from . import attached, faults
from .asked import Asked
from .breakable import Breakable, hung_up
from .breaking import Breaking
from .plugged import Plugged
from .records import Records
from .rights import check_rights

_RESOLV = "/etc/resolv.conf"
_AWAY = "Taking away what is not wanted any more"
_BROKEN, _MENDED = "Broken on purpose", "Mended"


class Remote(Asked, Breaking, Plugged):
    """What `machine.Machine` speaks to. Every verb takes and gives what JSON can hold."""

    def __init__(self, sandbox: bool) -> None:
        super().__init__()
        self._records = Records()
        self._done: list[Change] = []
        self._layout: Layout | None = None
        self._touched = False
        self._breakable = Breakable()
        if sandbox:
            outside.ensure()
            standby.keep()
        else:
            check_rights()

    def do(self, verb: str, words: dict[str, Any], fds: Sequence[int] = ()) -> Any:
        """Do one thing; foreseen errors come back as values, see `faults`."""
        try:
            return getattr(self, verb)(*fds, **words)
        except Exception as error:
            fault = faults.pack(error)
            if fault is None:
                raise
            return {"fault": fault}

    def ask(self, stop: int, verb: str, words: dict[str, Any]) -> Any:
        """Do one thing of those that only look, unless `stop` hangs up before it is done."""
        with self._breakable.until(stop):
            return getattr(self, verb)(**words)

    # --- building

    def up(self, stop: int, topology: Any) -> Any:
        """Build; the new layout. Stops and rolls back when `stop` hangs up."""
        engine = Engine(stopping=lambda: hung_up(stop))
        result = engine.up(restore(Topology, topology))
        self._layout = result.layout
        self._touched |= any(
            c.mode == "host" and c.command for c in self._layout.topology.containers
        )
        self._done += result.changes
        return plain(result.layout)

    def down(self, name: str) -> None:
        """Take it down, if it is up."""
        self.mend([*self._own])
        self._layout = None
        self._done.clear()
        self._broken.clear()
        with suppress(NotFound):
            Engine().down(name)

    def touched(self) -> bool:
        """Has a command run on the host or the outside machine, which `down` cannot undo?"""
        return self._touched

    def find(self, name: str) -> Any:
        """The layout of a topology that is up already. Raises `NotFound`."""
        self._layout = self._records.find(name).layout
        return plain(self._layout)

    def plan(self, topology: Any) -> list[list[str]]:
        """The commands that `up` would run."""
        return rendered(Engine().plan(restore(Topology, topology)).changes)

    def commands(self) -> list[list[str]]:
        """The commands that have been run since the last `down`."""
        return rendered([*self._done, *self._broken])

    def script(self, topology: Any) -> str:
        """What was done and what is still to do as one script for an empty host."""
        result = Engine().plan(restore(Topology, topology))
        return script.render(result.layout, [*self._done, *result.changes])

    # --- being inside

    def outside(self) -> list[str]:
        """Name and address of the simulated outside machine."""
        return [NAME, ADDRESS]

    def socket(self, place: str, family: int, kind: int, protocol: int) -> WithFiles:
        """A new socket of a container's (or, with "", the host's) network stack."""
        with inside(self._netns(place)):
            sock = socket.socket(family, kind, protocol)
        return WithFiles(None, (sock.detach(),))

    def start(
        self, *stdio: int, place: str, argv: list[str], env: dict[str, str], cwd: str
    ) -> WithFiles:
        """Start a command with these three open files; its pid, and a pidfd of it."""
        visit = self._visit(place, tuple(argv), env)
        self._touched |= visit.netns in ("", netns.path(NAME))
        pid = attached.start(replace(visit, cwd=cwd, stdio=(stdio[0], stdio[1], stdio[2])))
        return WithFiles(pid, (os.pidfd_open(pid),))

    def finish(self, pid: int, kill: bool) -> int:
        """Bury a command, if need be after killing it; its exit status."""
        return attached.finish(pid, kill)

    def resolv_conf(self, place: str) -> str:
        """What tells programs in a place where to ask for names."""
        files: tuple[tuple[str, str], ...] = ()
        if place and place != NAME:
            files = self._records.files_of(self._owner(self._container(place)).name)
        return file_text(dict(files).get(_RESOLV, _RESOLV)) or ""

    def _netns(self, place: str) -> str:
        if not place or place == NAME:
            return netns.path(place) if place else ""
        container = self._container(place)
        return "" if self._owner(container).mode == "host" else netns.path(place)

    def _container(self, name: str) -> Container:
        container = self._layout.topology.container(name) if self._layout else None
        if container is None:
            raise NotFound(f"container {name} is not up", "call lab.up() first")
        return container

    def _owner(self, container: Container) -> Container:
        """The container whose network stack it uses: itself, unless it shares one."""
        assert self._layout
        while container.mode == "container":
            container = self._layout.topology.container(container.share) or container
        return container

    def _visit(self, place: str, argv: tuple[str, ...], env: dict[str, str]) -> Visit:
        where = self._netns(place)
        if not place or place == NAME:
            return Visit(where, argv, env={**os.environ, **env}, hostname=place)
        assert self._layout
        container = self._container(place)
        owner = self._owner(container)
        processes = self._records.find(self._layout.name).processes
        process = processes.get(place) or processes.get(owner.name)
        own = {**dict(container.environment), "NSNET_CONTAINER": place}
        return Visit(
            netns=where,
            argv=argv,
            process=process if process and process.alive else None,
            env={**os.environ, **own, **env},
            files=self._records.files_of(owner.name),
            hostname=(owner.hostname or owner.name) if where else "",
        )


def rendered(changes: Iterable[Change]) -> list[list[str]]:
    """Changes as the fields of one `Command` for each line that a person would type."""
    return [
        [script.line(command), each.step.why, _title(each), each.step.what, each.sign]
        for each in changes
        for command in each.step.commands()
    ]


def _title(change: Change) -> str:
    step = change.step.step if isinstance(change.step, Undo) else change.step
    if isinstance(step, FaultStep):
        return _MENDED if change.sign == "-" else _BROKEN
    return _AWAY if change.sign == "-" else TITLES.get(change.step.phase, _AWAY)
