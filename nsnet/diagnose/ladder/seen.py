"""What a trace of the failing packet shows: where rules rewrote it, and which one ended it."""

from __future__ import annotations

import re

from ..walk import Event, Walk

_TRANSLATING = ("dnat", "redirect", "snat", "masquerade")
_ENDING = ("drop", "reject")
_TARGET = re.compile(r"dnat(?: ip6?)? to (?P<address>[0-9.]+|\[[0-9a-f:]+\])(?::(?P<port>\d+))?")


class Seen:
    """The walk of the real packet, as far as it was seen. `walk` is None where a trace could not
    be taken."""

    def __init__(self, walk: Walk | None) -> None:
        self.walk = walk
        self.events: tuple[Event, ...] = walk.events if walk else ()
        #: Where the map of an `unfinished` rule leads to.
        self.mapped: tuple[str, int] = ("", 0)

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
        if self.unfinished and self.meant()[1]:
            return self.meant()[1]
        return asked[-1] if asked else 0

    @property
    def delivered(self) -> Event | None:
        """Where a program or the kernel got the question."""
        found = [e for e in self.events if e.leg == "request" and e.kind == "deliver"]
        return found[-1] if found else None

    def rewritten(self, space: str, source: str, to: str) -> tuple[str, str]:
        """The addresses of the question after a stack has rewritten them."""
        by = ""
        for event in self.events:
            if event.leg != "request":
                continue
            if event.kind == "rule" and _translates(event):
                by = event.space
            if event.kind != "rewrite" or event.before is None or (by or event.space) != space:
                continue
            if (event.before.src, event.before.dst) == (source, to):
                source, to = event.packet.src, event.packet.dst
        last = self.unfinished
        if last and last.space == space and last.packet.dst == to:
            to = self.meant()[0] or to
        return source, to

    def meant(self) -> tuple[str, int]:
        """Where a rule wanted to send it that it did not live to follow; ("", 0) if unknown."""
        rule = self.unfinished.rule if self.unfinished else None
        found = _TARGET.search(rule.text) if rule else None
        if found:
            return found["address"].strip("[]"), int(found["port"] or 0)
        return self.mapped

    def passage(self, event: Event) -> tuple[str, str]:
        """By which interfaces of its stack the packet of an event has come in and is to go out,
        as far as it was seen."""
        before = self.events[: self.events.index(event)]
        here = [e for e in before if (e.leg, e.space) == (event.leg, event.space)]
        came = [e.device for e in here if e.kind == "in"]
        goes = [e.device for e in here if e.kind == "route"]
        return (came or [""])[-1], (goes or [""])[-1]

    def rule(self, space: str, *verdicts: str) -> Event | None:
        """The first rule that gave the question one of these verdicts in a stack."""
        for event in self.events:
            if event.space == space and event.verdict in verdicts and event.leg == "request":
                return event
        return None

    @property
    def unfinished(self) -> Event | None:
        """The rule that decided on another destination, and that the packet did not live to
        show."""
        rules = [e for e in self.events if e.kind == "rule"]
        if not rules or not _translates(rules[-1], "dnat"):
            return None
        behind = self.events[self.events.index(rules[-1]) + 1 :]
        went_on = any(e.kind in ("rewrite", "out", "in", "hook") for e in behind)
        return None if went_on else rules[-1]


def _translates(event: Event, *kinds: str) -> bool:
    """Does a rule translate an address? (Of one that iptables has made, the kernel says that it
    accepts.)"""
    text = event.rule.text if event.rule else ""
    return event.verdict in (kinds or _TRANSLATING) or any(
        f"{kind} to " in f"{text} to " for kind in kinds or _TRANSLATING if kind in text.split()
    )
