"""A walk in chapters: the legs, and in each leg the namespaces in turn. What text and pictures
have in common is decided here: which events belong into one line, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ...diagnose.said import Said, said
from ...diagnose.walk import Event, Walk
from ...value import Value

LEGS = {
    "request": said("The request"),
    "reply": said("The reply"),
    "error": said("What the sender is told"),
}
#: What the words of events are in a narrow column.
_WORDS = {
    "send": said("send"),
    "resolve": said("ask"),
    "route": said("route"),
    "out": said("out"),
    "in": said("in"),
    "bridge": said("bridge"),
    "rewrite": said("change"),
    "deliver": said("get"),
    "drop": said("lost"),
    "policy": said("policy"),
}


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


def ending(walk: Walk) -> Said:
    """The outcome in one line."""
    last = walk.last
    if last is None and walk.outcome not in _ENDS:
        to = walk.target.text or walk.target.address
        return said("nothing is known of the way to {to}", to=to)
    text = _end(walk, last)
    return text if sure(walk) else said("probably {text}", text=text)


_ENDS = {"answered": said("answered"), "refused": said("refused")}


def _end(walk: Walk, last: Event | None) -> Said:
    if walk.outcome in _ENDS or last is None:
        word = _ENDS[walk.outcome]
        return said("{word}: {answer}", word=word, answer=walk.answer) if walk.answer else word
    drop = next((e for e in reversed(walk.events) if e.kind == "drop"), last)
    why = reasoned(drop)
    if walk.outcome == "unsent":
        return said("not sent: {why}", why=why)
    return said("lost in {label}: {why}", label=drop.label, why=why)


def reasoned(event: Event) -> str:
    """What an event says, with the diagnosis id."""
    if not event.reason:
        return event.text
    return said("{text} ({reason})", text=event.text, reason=event.reason)
