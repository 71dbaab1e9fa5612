"""The helper's side of plugging: an edit of what is recorded, as `nsnet network connect` makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..engine.engine import Engine
from ..engine.session import Session
from ..plan.diff import Change
from ..topology.codec import plain, restore
from ..topology.layout import Layout
from ..topology.model import Attachment, Network
from ..value import replace
from .records import Records


class Plugged:
    """The verbs that plug."""

    _records: Records
    _done: list[Change]
    _layout: Layout | None

    def connect(self, container: str, network: Any, wish: Any) -> Any:
        """Give a container an endpoint on a network, which is made first if it is not up."""
        from ..operations import edit, networks

        assert self._layout
        wanted = restore(Network, network)
        engine = _Noting()
        if self._layout.segment(wanted.name) is None and not wanted.external:
            with engine.session() as session:
                topology = session.state.records[self._layout.name].layout.topology
                if all(each.name != wanted.name for each in topology.networks):
                    topology = replace(topology, networks=(*topology.networks, wanted))
                    session.edit(edit.declared(session.state, topology))
        networks.connect(engine, wanted.name, container, restore(Attachment, wish))
        return self._now(engine)

    def disconnect(self, container: str, network: str) -> Any:
        """Take its endpoint off a network."""
        from ..operations import networks

        engine = _Noting()
        networks.disconnect(engine, network, container)
        return self._now(engine)

    def _now(self, engine: _Noting) -> Any:
        assert self._layout
        self._done += [change for session in engine.sessions for change in session.changes]
        self._layout = self._records.find(self._layout.name).layout
        return plain(self._layout)


class _Noting(Engine):
    """An engine that keeps its sessions, with the changes that they made."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[Session] = []

    @contextmanager
    def session(self) -> Iterator[Session]:
        """As `Engine.session`."""
        with super().session() as session:
            self.sessions.append(session)
            yield session
