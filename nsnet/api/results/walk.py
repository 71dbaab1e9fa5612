"""The way of a packet: predicted, or as it went."""

from __future__ import annotations

from functools import cached_property

from ...diagnose.walk import Event
from ...diagnose.walk import Walk as Story
from .again import walk
from .base import Result, picture

_WIDTH = 100


class Walk(Result):
    """The way of a packet as the state of the kernel predicts it: ``lab.walk(web, "db:80")``.

    >>> with Lab() as lab:
    ...     web, db = lab.container("web"), lab.container("db")
    ...     lab.up()
    ...     walk = lab.walk(web, db)
    >>> walk
    <Walk web → db: answered>
    >>> bool(walk), walk.sure, walk.places
    (True, True, ('web', 'host', 'db'))
    >>> [each.device for each in walk.events if each.kind == "out"][:2]
    ['eth0', 'veth-db']
    """

    @property
    def arrived(self) -> bool:
        """Does somebody answer what was asked for?"""
        return self._story.arrived

    @property
    def outcome(self) -> str:
        """``answered``, ``refused`` (somebody says no), ``lost`` or ``unsent``."""
        return self._story.outcome

    @property
    def sure(self) -> bool:
        """False where a rule or setting on the way cannot be judged from outside."""
        return bool(self._told["data"]["sure"])

    @property
    def answer(self) -> str:
        """What comes back, in words."""
        return self._story.answer

    @property
    def events(self) -> tuple[Event, ...]:
        """All that happens to it and to its answer, in order: each with `kind`, `label` (where),
        `device`, `packet`, `rule`, `text` …"""
        return self._story.events

    @property
    def rewritten(self) -> tuple[Event, ...]:
        """The events in which address translation changes its header: see `before`, `packet`."""
        return tuple(each for each in self.events if each.kind == "rewrite")

    @property
    def dropped(self) -> Event | None:
        """The event with which it ends on its way, `text` says why; None if it arrives."""
        return next((each for each in self.events if each.kind == "drop"), None)

    @property
    def places(self) -> tuple[str, ...]:
        """The network stacks that it passes, each once."""
        return tuple(dict.fromkeys(each.label for each in self.events))

    @cached_property
    def _story(self) -> Story:
        return walk(self._told["data"])

    @property
    def _language(self) -> str:
        """The one that it was asked for in, English where nothing says so."""
        return str(self._told.get("language", "en"))

    def _lines(self) -> list[str]:
        from ...show.walk.text import lines

        return list(lines(self._story, _WIDTH, self._language))

    @cached_property
    def _svg(self) -> str:
        from ...show.walk.svg import svg

        return svg(self._story, self._language)

    def _repr_svg_(self) -> str:
        """The picture of the walk: a lane for each network stack, time runs down."""
        return self._svg

    def _pictures(self) -> dict[str, str]:
        return picture(self._svg)

    def __bool__(self) -> bool:
        return self.arrived

    def __repr__(self) -> str:
        source, target = self._story.source.label, self._story.target
        to = target.text or target.address
        return f"<{type(self).__name__} {source} → {to}: {self.outcome}>"


class Trace(Walk):
    """The way of a real packet, as it was seen: ``lab.trace(lab.outside, "host:8080")``.

    >>> with Lab() as lab:
    ...     web = lab.container("web", ports=["8080:80"])
    ...     lab.up()
    ...     trace = lab.trace(lab.outside, "host:8080")
    >>> trace, trace.arrived
    (<Trace outside → host:8080: answered>, True)
    >>> str(trace.rewritten[0].packet).partition(" → ")[2]
    '172.17.0.2:80 [S]'
    """
