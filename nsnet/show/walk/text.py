"""A walk as a story for a terminal, at most 100 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from ...diagnose.graph.model import clean
from ...diagnose.walk import Event, Packet, Walk
from .. import paint
from .chapters import LEGS, Chapter, Line, chapters, ending, silent, sure

WIDTH = 100
_COLUMN = 12
_BAD, _NAT = ("drop", "reject"), ("dnat", "snat", "masquerade", "redirect")


def lines(walk: Walk, width: int = WIDTH) -> Iterator[str]:
    """The whole story, line by line."""
    writer = _Writer(min(width, WIDTH))
    how = "as it went" if walk.traced else "as the state of the kernel predicts it"
    to = clean(walk.target.text or walk.target.address)
    yield paint.heading(f"{clean(walk.source.label)} → {to}, {how}")
    leg = ""
    for chapter in chapters(walk):
        if chapter.leg != leg:
            leg = chapter.leg
            yield ""
            yield paint.heading(LEGS.get(leg, leg))
        yield f"  {paint.name(clean(chapter.label))}"
        for index, line in enumerate(chapter.lines):
            yield from writer.line(chapter, index, line)
    yield ""
    for note in walk.notes:
        yield from writer.wrapped(f"Note: {note}", "", "  ", paint.faint)
    colour = paint.good if walk.arrived else paint.bad
    if not sure(walk):
        colour = paint.doubtful
    yield from writer.wrapped(ending(walk), "→ ", "  ", colour)


class _Writer:
    def __init__(self, width: int) -> None:
        self._width = max(width, 40)

    def wrapped(
        self, text: str, first: str, rest: str, colour: Callable[[str], str] = str
    ) -> Iterator[str]:
        """A text in as many lines as it needs; `colour` does not count for its width."""
        room = textwrap.wrap(
            clean(text), self._width, initial_indent=first, subsequent_indent=rest,
            break_on_hyphens=False,
        )  # fmt: skip
        yield from (colour(each) for each in room)

    def line(self, chapter: Chapter, index: int, line: Line) -> Iterator[str]:
        """One event, with all that belongs to it."""
        event = line.event
        if line.chain:
            quiet = silent(chapter, index)
            text = f"chain {line.chain}" + (": no rule decides, it may pass" if quiet else "")
            yield from self._row(event, line.word, text, paint.faint if quiet else str)
        elif event.kind == "rule" and event.rule:
            yield from self._rule(event)
        elif event.kind == "rewrite" and event.before:
            yield from self._rewrite(event, event.before)
        else:
            bad = event.kind in ("drop", "policy")
            colour = paint.bad if bad else paint.good if event.kind == "deliver" else str
            text = f"{event.text} ({event.reason})" if event.reason else event.text
            yield from self._row(event, line.word, text, colour)

    def _row(
        self, event: Event, word: str, text: str, colour: Callable[[str], str] = str
    ) -> Iterator[str]:
        text += "" if event.sure else " (not sure)"
        first = f"    {word:{_COLUMN}}"
        stamp = _stamp(event)
        rows = list(self.wrapped(text, first, " " * (4 + _COLUMN)))
        if stamp and rows and len(rows[0]) + len(stamp) + 2 <= self._width:
            rows[0] = f"{rows[0]:{self._width - len(stamp)}}"
            yield colour(rows[0].rstrip()) + " " * _gap(rows[0]) + paint.faint(stamp)
            rows = rows[1:]
        yield from (colour(each) for each in rows)

    def _rule(self, event: Event) -> Iterator[str]:
        """``rule 14  the rule's text``, and below it the caption, the verdict, the counter."""
        rule = event.rule
        assert rule is not None
        indent = " " * (4 + _COLUMN)
        handle = f"rule {rule.handle}"
        text = rule.text + ("" if event.sure else "   (not sure whether it matches)")
        first = f"      {handle:{_COLUMN - 2}}"
        yield from self.wrapped(f"{rule.chain}: {text}", first, indent + "  ")
        if rule.caption:
            yield from self.wrapped(f'"{rule.caption}"', indent, indent + " ", paint.faint)
        said = _verdict(event.verdict)
        counter = _counter(event)
        colour = paint.bad if event.verdict in _BAD else paint.good
        if event.verdict.split()[0] in ("jump", "goto", "continue", "return"):
            colour = paint.faint
        if event.verdict in _NAT:
            colour = paint.doubtful
        yield f"{indent}{colour(said)}" + (f"  {paint.faint(counter)}" if counter else "")

    def _rewrite(self, event: Event, before: Packet) -> Iterator[str]:
        """The header before and after, one below the other."""
        undone = " (undone for the answer)" if event.leg != "request" else ""
        first = f"    {'change':{_COLUMN}}"
        yield from self.wrapped(f"{_ends(before)}{undone}", first, " " * (4 + _COLUMN))
        after = f"→ {_ends(event.packet)}"
        yield from self.wrapped(after, " " * (2 + _COLUMN), " " * (4 + _COLUMN), paint.doubtful)


def _gap(text: str) -> int:
    return len(text) - len(text.rstrip())


def _ends(packet: Packet) -> str:
    return str(packet).partition(" ")[2]


def _verdict(verdict: str) -> str:
    word, _, chain = verdict.partition(" ")
    if word == "continue":
        return "counts it, and the next rule is asked"
    return f"{word} to chain {chain}" if chain else verdict


def _counter(event: Event) -> str:
    rule = event.rule
    if rule is None or rule.packets is None:
        return ""
    moved = ""
    if rule.moved:
        # More than one: others of the same flow came by while the packet was under way.
        moved = f", {rule.moved:+d} " + ("by this one" if rule.moved == 1 else "meanwhile")
    return f"{rule.packets} packet{'' if rule.packets == 1 else 's'} so far{moved}"


def _stamp(event: Event) -> str:
    """When a tap saw it, in milliseconds since it was sent."""
    if event.stamp is None or event.kind not in ("in", "out"):
        return ""
    return f"{event.stamp / 1e6:.3f} ms"
