"""One question to the network, and all that is known about it: what the rungs look at."""

from __future__ import annotations

from functools import cached_property

from ...kernel.stack import Stack
from ...kernel.survey import Survey
from ..place import Place, Target
from ..places import Places
from ..probe import Answer, Probe
from .path import Path, path
from .routing import Way, family_of, source_for, way
from .seen import Seen


class Case:
    """`protocol` is ``icmp``, ``tcp``, ``udp`` or ``http``; `address` what the sender sends to,
    after it has looked up the name. `answer` is what came back to the real probe."""

    def __init__(
        self, stack: Stack, places: Places, source: Place, target: Target, protocol: str
    ) -> None:
        self.stack, self.places = stack, places
        self.survey: Survey = places.survey
        self.source, self.target, self.protocol = source, target, protocol
        self.address, self.port = target.address, target.port
        self.answer: Answer | None = None
        self.answers: list[Answer] = []
        self.notes: list[str] = []
        self.seen: Seen | None = None

    @property
    def space(self) -> str:
        """The sender's key in the survey."""
        return self.source.space

    @property
    def family(self) -> int:
        """The address family of what is called."""
        return family_of(self.address)

    @property
    def transport(self) -> str:
        """``icmp``, ``tcp`` or ``udp``."""
        return "tcp" if self.protocol == "http" else self.protocol

    @property
    def code(self) -> str:
        """What came back, as a word of `probe.CODES`."""
        return self.answer.code if self.answer else ""

    @cached_property
    def first(self) -> Way:
        """The sender's way to what it calls."""
        if not self.address:
            return Way("none")
        return way(self.survey, self.space, self.address)

    @cached_property
    def own(self) -> str:
        """The address that the sender calls from."""
        if self.answer and self.answer.local[0] not in ("", "0.0.0.0", "::"):
            return self.answer.local[0]
        return source_for(self.survey, self.space, self.first)

    @cached_property
    def path(self) -> Path:
        """The way of the request."""
        return path(self.survey, self.space, self.own, self.address, self.rewrite)

    @property
    def path_port(self) -> int:
        """The port that the question is for in the end, as far as it was seen."""
        return (self.seen.port if self.seen else 0) or self.port

    def look_again(self) -> None:
        """Forget what was made of the survey."""
        for name in ("first", "own", "path"):
            self.__dict__.pop(name, None)

    def rewrite(self, space: str, iif: str, source: str, to: str) -> tuple[str, str]:
        """The addresses as a stack rewrites them before it routes."""
        return self.seen.rewritten(space, source, to) if self.seen else (source, to)

    def watch(self, seen: Seen) -> None:
        """Believe what a trace has shown."""
        self.seen = seen
        self.look_again()

    def probe(self, kind: str = "", size: int = 0, timeout: float = 1.0) -> Probe:
        """The question as a probe; `kind` another one to the same address."""
        kind = kind or self.protocol
        port = 0 if kind == "icmp" else self.port
        host = self.target.name or self.target.address
        return Probe(
            self.space, kind, self.address, port, size, timeout, "", self.target.path, host
        )
