"""What a trace of the failing packet shows: where rules rewrote it, and which one ended it."""

from __future__ import annotations

import re

from ..walk import Event, Walk

_ENDING = ("drop", "reject")
_TARGET = re.compile(r"dnat(?: ip6?)? to (?P<address>[0-9.]+|\[[0-9a-f:]+\])(?::(?P<port>\d+))?")


class Seen:
    """The walk of the real packet, as far as it was seen. `walk` is None where a trace could not
    be taken."""

    def __init__(self, walk: Walk | None) -> None:
        self.walk = walk
        self.events: tuple[Event, ...] = walk.events if walk else ()

    @property
    def arrived(self) -> bool:
        """Did this one arrive?"""
        return self.walk is not None and self.walk.arrived

    @property
    def ended_by(self) -> Event | None:
        """The rule or policy that dropped or rejected it."""
        for event in reversed(self.events):
            if event.kind in ("rule", "policy") and event.verdict in _ENDING:
                return event
        return None

    @property
    def port(self) -> int:
        """The port that the question was for in the end."""
        asked = [e.packet.dport for e in self.events if e.leg == "request" and e.packet.dport]
        last = self._unfinished()
        if last and last["port"]:
            return int(last["port"])
        return asked[-1] if asked else 0

    @property
    def delivered(self) -> Event | None:
        """Where a program or the kernel got the question."""
        found = [e for e in self.events if e.leg == "request" and e.kind == "deliver"]
        return found[-1] if found else None

    def rewritten(self, space: str, source: str, to: str) -> tuple[str, str]:
        """The addresses of the question after a stack has rewritten them."""
        for event in self.events:
            if event.leg != "request" or event.kind != "rewrite" or event.space != space:
                continue
            if event.before is None or (event.before.src, event.before.dst) != (source, to):
                continue
            source, to = event.packet.src, event.packet.dst
        last = self._unfinished()
        rule = self._last_rule()
        if last and rule and rule.space == space and rule.packet.dst == to:
            to = last["address"].strip("[]")
        return source, to

    def rule(self, space: str, *verdicts: str) -> Event | None:
        """The first rule that gave the question one of these verdicts in a stack."""
        for event in self.events:
            if event.space == space and event.verdict in verdicts and event.leg == "request":
                return event
        return None

    def _last_rule(self) -> Event | None:
        rules = [e for e in self.events if e.kind == "rule"]
        return rules[-1] if rules else None

    def _unfinished(self) -> re.Match[str] | None:
        """A rewriting that was decided, and that the packet did not live to show."""
        last = self._last_rule()
        if last is None or last.verdict != "dnat" or last.rule is None:
            return None
        behind = self.events[self.events.index(last) + 1 :]
        if any(e.kind in ("rewrite", "out", "in", "hook") for e in behind):
            return None
        return _TARGET.search(last.rule.text)
