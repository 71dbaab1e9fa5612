"""The engine: every change of a host goes through here, as a plan of steps."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..kernel.errors import NotFound
from ..kernel.hostid import host_id
from ..kernel.stack import Stack
from ..plan.diff import Change
from ..topology.model import BY_HAND, Topology, TopologyError
from . import host
from .checks import Blocked
from .revive import revive
from .session import Progress, Result, Session
from .state import State, load, locked, place


class Engine:
    """Works on the host that this thread is in: its network namespace and its /run/netns.

    Not to be shared between threads. `stopping` is asked between phases whether to stop.
    """

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        self.folder = place(host_id())
        self._stopping = stopping

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The host, locked and opened: for several changes that belong together.

        Raises `PreconditionError` without the rights, `KernelError` if another nsnet keeps the
        lock too long.
        """
        host.require_rights()
        with _readable(), locked(self.folder, self._stopping), Stack() as stack:
            revive(self.folder)
            yield Session(self.folder, stack, load(self.folder))

    def state(self) -> State:
        """What is recorded now; takes no lock and changes nothing."""
        return load(self.folder)

    def plan(self, topology: Topology) -> Result:
        """What `up` would do; nothing is changed, and on a host where nothing of nsnet is up
        no rights are needed. Raises what `up` would raise before its first step."""
        if host.anything_up(self.folder):
            host.require_rights()
        with Stack(privileged=host.has_rights()) as stack:
            job = Session(self.folder, stack, load(self.folder)).prepare(topology)
            return Result(job.layout, job.changes)

    def whole(self, name: str) -> Result:
        """Every step of a recorded topology, as on a host where nothing of nsnet is up. Raises
        `NotFound`."""
        host.require_rights()
        with Stack() as stack:
            session = Session(self.folder, stack, load(self.folder))
            record = session.state.records.get(name)
            if record is None:
                raise _unknown(name, session.state)
            before = session.state.before or host.before(session.seen)
            steps = session.desired(record.layout, before)
            return Result(record.layout, tuple(Change("+", step) for step in steps))

    def up(self, topology: Topology, progress: Progress | None = None) -> Result:
        """Make the host so that `topology` runs on it. What is there already stays; on any
        failure everything is as it was before.

        Raises `TopologyError` (it cannot be so), `StepFailed` (the kernel refused a step),
        `Stopped` (the user wanted to stop) or another `KernelError`.
        """
        if topology.name == BY_HAND:
            raise TopologyError(
                f"topology {BY_HAND}: the name of what `nsnet run` and `nsnet network create` "
                "make: choose another project name"
            )
        with self.session() as session:
            job = session.prepare(topology)
            session.carry_out(job, progress, self._stopping)
            return Result(job.layout, job.changes)

    def down(self, name: str, topology: Topology | None = None) -> Result:
        """Take a topology off the host. One that is not recorded (made by its script, or the
        state is lost) is recognised in the kernel if `topology` says what it is.

        Raises `NotFound` if there is none, ExceptionGroup if something would not go.
        """
        with self.session() as session:
            record = session.state.records.get(name) or session.adopt(topology)
            if record is None:
                raise _unknown(name, session.state)
            return session.take_down(name, record)

    def down_all(self) -> list[Result]:
        """Take every topology off the host, the newest first; all are tried. Raises
        ExceptionGroup with what would not go."""
        results: list[Result] = []
        failures: list[Exception] = []
        with self.session() as session:
            records = sorted(session.state.records.items(), key=lambda item: -item[1].created)
            for name, record in records:
                try:
                    results.append(session.take_down(name, record))
                except ExceptionGroup as group:
                    failures += group.exceptions
        if failures:
            raise ExceptionGroup("some things would not go", failures)
        return results


def _unknown(name: str, state: State) -> NotFound:
    known = ", ".join(sorted(state.records)) or "none"
    return NotFound(f"no topology {name} is up on this host", f"up are: {known}")


@contextmanager
def _readable() -> Iterator[None]:
    """What containers find under /etc is for all of their users, whatever the caller's umask."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


__all__ = ["Blocked", "Engine", "Result"]
