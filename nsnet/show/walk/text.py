"""A walk as a story for a terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...diagnose.graph.model import clean
from ...diagnose.said import said
from ...diagnose.texts.told import told
from ...diagnose.walk import Event, Packet, Walk
from .. import paint
from ..fold import columns
from .chapters import LEGS, Chapter, Line, chapters, ending, reasoned, silent, sure
from .wrap import wrapped

WIDTH = 100
_COLUMN = 12
_BAD, _NAT = ("drop", "reject"), ("dnat", "snat", "masquerade", "redirect")


def lines(walk: Walk, width: int = WIDTH, language: str = "en") -> Iterator[str]:
    """The whole story, line by line."""
    writer = _Writer(min(width, WIDTH), language)
    how = said("as it went") if walk.traced else said("as the state of the kernel predicts it")
    to = clean(walk.target.text or walk.target.address)
    yield paint.heading(f"{clean(walk.source.label)} → {to}, {told(how, language)}")
    leg = ""
    for chapter in chapters(walk):
        if chapter.leg != leg:
            leg = chapter.leg
            yield ""
            yield paint.heading(told(LEGS.get(leg, leg), language))
        yield f"  {paint.name(clean(chapter.label))}"
        for index, line in enumerate(chapter.lines):
            yield from writer.line(chapter, index, line)
    yield ""
    for note in walk.notes:
        yield from writer.wrapped(said("Note: {note}", note=note), "", "  ", paint.faint)
    colour = paint.good if walk.arrived else paint.bad
    if not sure(walk):
        colour = paint.doubtful
    yield from writer.wrapped(ending(walk), "→ ", "  ", colour)


class _Writer:
    def __init__(self, width: int, language: str) -> None:
        self._width, self._language = max(width, 40), language

    def wrapped(
        self, text: str, first: str, rest: str, colour: Callable[[str], str] = str
    ) -> Iterator[str]:
        """A text in as many lines as it needs; `colour` does not count for its width."""
        shown = clean(told(text, self._language))
        yield from (colour(each) for each in wrapped(shown, self._width, first, rest))

    def line(self, chapter: Chapter, index: int, line: Line) -> Iterator[str]:
        """One event, with all that belongs to it."""
        event = line.event
        if line.chain:
            quiet = silent(chapter, index)
            text = said("chain {chain}", chain=line.chain)
            if quiet:
                text = said("{chain}: no rule decides, it may pass", chain=text)
            yield from self._row(event, line.word, text, paint.faint if quiet else str)
        elif event.kind == "rule" and event.rule:
            yield from self._rule(event)
        elif event.kind == "rewrite" and event.before:
            yield from self._rewrite(event, event.before)
        else:
            bad = event.kind in ("drop", "policy")
            colour = paint.bad if bad else paint.good if event.kind == "deliver" else str
            yield from self._row(event, line.word, reasoned(event), colour)

    def _row(
        self, event: Event, word: str, text: str, colour: Callable[[str], str] = str
    ) -> Iterator[str]:
        text = text if event.sure else said("{text} (not sure)", text=text)
        first = f"    {self._padded(word, _COLUMN)}"
        stamp = _stamp(event)
        rows = list(self.wrapped(text, first, " " * (4 + _COLUMN)))
        if stamp and rows and columns(rows[0]) + len(stamp) + 2 <= self._width:
            rows[0] = _filled(rows[0], self._width - len(stamp))
            yield colour(rows[0].rstrip()) + " " * _gap(rows[0]) + paint.faint(stamp)
            rows = rows[1:]
        yield from (colour(each) for each in rows)

    def _rule(self, event: Event) -> Iterator[str]:
        """``rule 14  the rule's text``, and below it the caption, the verdict, the counter."""
        rule = event.rule
        assert rule is not None
        indent = " " * (4 + _COLUMN)
        handle = self._padded(said("rule {handle}", handle=rule.handle), _COLUMN - 2)
        text = f"{rule.chain}: {rule.text}"
        text = text if event.sure else said("{text}   (not sure whether it matches)", text=text)
        yield from self.wrapped(text, f"      {handle}", indent + "  ")
        if rule.caption:
            yield from self.wrapped(f'"{rule.caption}"', indent, indent + " ", paint.faint)
        verdict = told(_verdict(event.verdict), self._language)
        counter = told(_counter(event), self._language)
        colour = paint.bad if event.verdict in _BAD else paint.good
        if event.verdict.split()[0] in ("jump", "goto", "continue", "return"):
            colour = paint.faint
        if event.verdict in _NAT:
            colour = paint.doubtful
        yield f"{indent}{colour(verdict)}" + (f"  {paint.faint(counter)}" if counter else "")

    def _rewrite(self, event: Event, before: Packet) -> Iterator[str]:
        """The header before and after, one below the other."""
        text = _ends(before)
        if event.leg != "request":
            text = said("{ends} (undone for the answer)", ends=text)
        first = f"    {self._padded(said('change'), _COLUMN)}"
        yield from self.wrapped(text, first, " " * (4 + _COLUMN))
        after = f"→ {_ends(event.packet)}"
        yield from self.wrapped(after, " " * (2 + _COLUMN), " " * (4 + _COLUMN), paint.doubtful)

    def _padded(self, word: str, width: int) -> str:
        return _filled(told(word, self._language), width)


def _filled(text: str, width: int) -> str:
    """`text` with blanks behind it, so many columns wide."""
    return text + " " * (width - columns(text))


def _gap(text: str) -> int:
    return len(text) - len(text.rstrip())


def _ends(packet: Packet) -> str:
    return str(packet).partition(" ")[2]


def _verdict(verdict: str) -> str:
    word, _, chain = verdict.partition(" ")
    if word == "continue":
        return said("counts it, and the next rule is asked")
    return said("{word} to chain {chain}", word=word, chain=chain) if chain else verdict


def _counter(event: Event) -> str:
    rule = event.rule
    if rule is None or rule.packets is None:
        return ""
    text = said("{count} packets so far", count=rule.packets)
    if rule.packets == 1:
        text = said("1 packet so far")
    if not rule.moved:
        return text
    if rule.moved == 1:
        return said("{text}, +1 by this one", text=text)
    # More than one: others of the same flow came by while the packet was under way.
    return said("{text}, {moved} meanwhile", text=text, moved=f"{rule.moved:+d}")


def _stamp(event: Event) -> str:
    """When a tap saw it, in milliseconds since it was sent."""
    if event.stamp is None or event.kind not in ("in", "out"):
        return ""
    return f"{event.stamp / 1e6:.3f} ms"
