"""A walk in chapters: the legs, and in each leg the namespaces in turn. What text and pictures
have in common is decided here: which events belong into one line, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ...diagnose.walk import Event, Walk
from ...value import Value

LEGS = {
    "request": "The request",
    "reply": "The reply",
    "error": "What the sender is told",
}
#: What the words of events are in a narrow column.
_WORDS = {
    "resolve": "ask", "deliver": "get", "drop": "lost", "policy": "policy", "rewrite": "change",
}  # fmt: skip


class Line(Value):
    """One thing that happened: an event, or a whole chain in which nothing but its policy had a
    say (`chain` is then its name)."""

    event: Event
    chain: str = ""

    @property
    def word(self) -> str:
        """What happened, in a word."""
        return self.event.hook if self.chain else _WORDS.get(self.event.kind, self.event.kind)


class Chapter(Value):
    """What happened in one namespace."""

    leg: str
    label: str
    lines: tuple[Line, ...]


def chapters(walk: Walk) -> list[Chapter]:
    """The story in its order."""
    found = []
    for (leg, label), events in groupby(walk.events, lambda e: (e.leg, e.label)):
        found.append(Chapter(leg, label, tuple(_lines(list(events)))))
    return found


def _lines(events: list[Event]) -> Iterator[Line]:
    """A hook and a policy that lets everything pass, with no rule between, are one line; after
    rules, such a policy says nothing that a reader needs."""
    for index, event in enumerate(events):
        after = events[index + 1] if index + 1 < len(events) else None
        if event.kind == "hook":
            rule = after.rule if after and after.kind in ("rule", "policy") else None
            name = f"{rule.family} {rule.table} {_base(event)}" if rule else _base(event)
            yield Line(event, name)
        elif event.kind != "policy" or event.verdict != "accept":
            yield Line(event)


def silent(chapter: Chapter, index: int) -> bool:
    """Is a line the hook of a chain in which no rule matched?"""
    lines = chapter.lines
    if not lines[index].chain:
        return False
    after = lines[index + 1] if index + 1 < len(lines) else None
    return after is None or after.event.kind not in ("rule", "policy")


def _base(event: Event) -> str:
    return event.text.rpartition(" ")[2]


def sure(walk: Walk) -> bool:
    """Could it not have gone another way?"""
    return all(event.sure for event in walk.events)


def ending(walk: Walk) -> str:
    """The outcome in one line."""
    to, last = walk.target.text or walk.target.address, walk.last
    said = f": {walk.answer}" if walk.answer else ""
    doubt = "" if sure(walk) else "probably "
    if walk.outcome == "answered":
        return f"{doubt}answered{said}"
    if walk.outcome == "refused":
        return f"{doubt}refused{said}"
    if last is None:
        return f"nothing is known of the way to {to}"
    drop = next((e for e in reversed(walk.events) if e.kind == "drop"), last)
    reason = f" ({drop.reason})" if drop.reason else ""
    word = "not sent" if walk.outcome == "unsent" else f"lost in {drop.label}"
    return f"{doubt}{word}: {drop.text}{reason}"
