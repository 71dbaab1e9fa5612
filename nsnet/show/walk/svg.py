"""A walk as SVG: a lane for each namespace, time runs down. In light and dark, without scripts
and without fonts from elsewhere; the same walk gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...diagnose.graph.model import clean
from ...diagnose.said import said
from ...diagnose.texts.told import told
from ...diagnose.walk import Event, Walk
from ...value import Value
from ..graph.svg import escape
from ..graph.words import cut
from .chapters import LEGS, chapters, ending, silent
from .wrap import wrapped

_FONT = "ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace"
_LIGHT = {
    "page": "#f6f8fa", "lane": "#eef1f5", "box": "#ffffff", "edge": "#c4ccd6", "ink": "#1f2328",
    "faint": "#59636e", "good": "#0b8a5f", "bad": "#c62828", "nat": "#c2620a", "way": "#2563eb",
}  # fmt: skip
_DARK = {
    "page": "#0d1117", "lane": "#12171e", "box": "#161b22", "edge": "#3d444d", "ink": "#e6edf3",
    "faint": "#9aa4af", "good": "#3fcf9a", "bad": "#ff7b72", "nat": "#f0a35e", "way": "#6ea8fe",
}  # fmt: skip
_LANE, _GAP, _TOP, _PAD = 470, 24, 76, 12
#: Pixels: between boxes, of a line, of a character (of 11, 13 and 14 pixels).
_ROW, _LINE, _CHAR, _NAME, _TITLE = 10, 16, 6.7, 7.9, 8.5
_NAT = ("dnat", "snat", "masquerade", "redirect")


class _Box(Value):
    """A drawn event: its lane, its lines of text with the style of each, what it says when a
    pointer rests on it, and its colour."""

    lane: int
    texts: tuple[tuple[str, str], ...]
    hint: str
    style: str
    top: int = 0

    @property
    def height(self) -> int:
        return _LINE * len(self.texts) + 8


def svg(walk: Walk, language: str = "en") -> str:
    """The whole file."""
    lanes = list(dict.fromkeys(event.label for event in walk.events))
    boxes, legs, top = _placed(walk, lanes, language)
    width = max(1, len(lanes)) * (_LANE + _GAP) + _GAP
    end = _wrapped(told(ending(walk), language), width - 2 * _GAP, _CHAR)
    size = width, top + 24 + _LINE * len(end)
    return "\n".join(_drawn(walk, lanes, boxes, legs, size, end)) + "\n"


class _Leg(Value):
    """The name of a leg, over its first box."""

    text: str
    lane: int
    top: int


def _placed(walk: Walk, lanes: list[str], language: str) -> tuple[list[_Box], list[_Leg], int]:
    """The boxes with their places, the legs with their beginnings, and the height of it all."""
    boxes: list[_Box] = []
    legs: list[_Leg] = []
    top, leg = _TOP, ""
    for chapter in chapters(walk):
        if chapter.leg != leg:
            leg = chapter.leg
            name = told(LEGS.get(leg, leg), language)
            legs.append(_Leg(name, lanes.index(chapter.label), top))
            top += 26
        for index, line in enumerate(chapter.lines):
            if silent(chapter, index):
                continue
            event = line.event
            words, hint = _words(line.word, line.chain, event)
            style = _style(event)
            texts = tuple(_lines([told(each, language) for each in words], style))
            hint = told(hint, language)
            box = _Box(lanes.index(event.label), texts, hint, style, top)
            boxes.append(box)
            top += box.height + _ROW
    return boxes, legs, top


def _words(word: str, chain: str, event: Event) -> tuple[tuple[str, ...], str]:
    """What a box says, and what it says when a pointer rests on it."""
    if chain:
        return (said("{hook}: chain {chain}", hook=word, chain=chain),), event.text
    if event.kind == "rule" and event.rule:
        rule = event.rule
        hint = f"{rule.family} {rule.table} {rule.chain} handle {rule.handle}: {rule.text}"
        texts: list[str] = [said("rule {handle}: {rule}", handle=rule.handle, rule=rule.text)]
        texts += [f'"{rule.caption}"'] if rule.caption else []
        return (*texts, f"→ {event.verdict}"), hint
    doubt = "" if event.sure else "? "
    if event.kind == "rewrite" and event.before:
        before, after = (str(each).partition(" ")[2] for each in (event.before, event.packet))
        text = said("{doubt}{word}: {text}", doubt=doubt, word=word, text=before)
        return (text, f"→ {after}"), event.text
    text = said("{doubt}{word}: {text}", doubt=doubt, word=word, text=event.text)
    hint = said("{text} {reason}", text=event.text, reason=event.reason)
    return (text,), hint if event.reason else event.text


def _lines(texts: list[str], style: str) -> Iterator[tuple[str, str]]:
    """What fits into a box, line by line; what goes on with a line above is set in."""
    for index, text in enumerate(texts):
        kind = "faint" if text.startswith('"') else f"t{style}" if index else "ink"
        for line in _wrapped(text, _LANE - 2 * _PAD, _CHAR):
            yield kind, line


def _wrapped(text: str, room: int, wide: float) -> list[str]:
    """`text` in lines of `room` pixels, a character being `wide` ones."""
    return wrapped(clean(text), int(room / wide), more="  ")


def _style(event: Event) -> str:
    kind, verdict = event.kind, event.verdict
    if kind == "drop" or verdict in ("drop", "reject"):
        return "bad"
    if kind == "rewrite" or verdict in _NAT:
        return "nat"
    if kind == "deliver" or verdict == "accept":
        return "good"
    return "way" if kind in ("in", "out", "bridge") else "plain"


def _drawn(
    walk: Walk, lanes: list[str], boxes: list[_Box], legs: list[_Leg],
    size: tuple[int, int], end: list[str],
) -> Iterator[str]:  # fmt: skip
    width, height = size
    title = f"{walk.source.label} → {walk.target.text or walk.target.address}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
    )
    yield f"<style>\n{''.join(_css())}</style>"
    yield f'<rect class="page" width="{width}" height="{height}"/>'
    yield _text("title", _GAP, 28, cut(clean(title), int((width - 2 * _GAP) / _TITLE)))
    bottom = height - _LINE * len(end) - 16
    for index, label in enumerate(lanes):
        left = _left(index)
        yield (
            f'<rect class="lane" x="{left}" y="40" width="{_LANE}" height="{bottom - 40}" rx="8"/>'
        )
        name = cut(clean(label), int((_LANE - 2 * _PAD) / _NAME))
        yield _text("name", left + _PAD, 62, name)
    for leg in legs:
        yield _text("leg", _left(leg.lane) + _PAD, leg.top + 16, leg.text)
    for before, after in pairwise(boxes):
        yield _arrow(before, after)
    for box in boxes:
        yield from _box(box)
    style = "good" if walk.arrived else "bad"
    for index, text in enumerate(end):
        yield _text(f"end t{style}", _GAP, bottom + 20 + index * _LINE, text)
    yield "</svg>"


def _left(lane: int) -> int:
    return _GAP + lane * (_LANE + _GAP)


def _arrow(before: _Box, after: _Box) -> str:
    """From the bottom of a box to the top of the next; across, where the lane changes."""
    x, y = _left(before.lane) + _LANE // 2, before.top + before.height
    to, end = _left(after.lane) + _LANE // 2, after.top - 1
    middle = (y + end) // 2
    path = f"M{x} {y}V{end}" if x == to else f"M{x} {y}V{middle}H{to}V{end}"
    return f'<path class="arrow" d="{path}"/><path class="head" d="M{to - 3} {end - 4}h6l-3 5z"/>'


def _box(box: _Box) -> Iterator[str]:
    left = _left(box.lane) + _PAD // 2
    yield f"<g><title>{escape(clean(box.hint))}</title>"
    yield (
        f'<rect class="box s{box.style}" x="{left}" y="{box.top}" width="{_LANE - _PAD}" '
        f'height="{box.height}" rx="4"/>'
    )
    for index, (style, text) in enumerate(box.texts):
        x, y = left + _PAD // 2, box.top + 15 + index * _LINE
        yield _text(style, x, y, text)
    yield "</g>"


def _text(style: str, x: int, y: int, text: str) -> str:
    """A line of text; SVG drops blanks at its beginning, so they become a shift."""
    x += int((len(text) - len(text.lstrip())) * _CHAR)
    return f'<text class="{style}" x="{x}" y="{y}">{escape(text.lstrip())}</text>'


def _css() -> Iterator[str]:
    light = ";".join(f"--{name}:{colour}" for name, colour in _LIGHT.items())
    dark = ";".join(f"--{name}:{colour}" for name, colour in _DARK.items())
    yield f":root{{{light};color-scheme:light dark}}\n"
    yield f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    yield f"text{{font-family:{_FONT};font-size:11px;{_of('fill', 'ink')}}}\n"
    yield "text.title,text.name,text.leg,text.end{font-weight:600}\n"
    yield "text.title{font-size:14px}text.name{font-size:13px}\n"
    yield f"text.leg,text.faint{{{_of('fill', 'faint')}}}\n"
    yield f".page{{{_of('fill', 'page')}}}.lane{{{_of('fill', 'lane')}}}\n"
    yield f"rect.box{{{_of('fill', 'box')};{_of('stroke', 'edge')}}}\n"
    yield f".arrow{{fill:none;{_of('stroke', 'faint')}}}.head{{{_of('fill', 'faint')}}}\n"
    for name in ("good", "bad", "nat", "way"):
        yield f"rect.s{name}{{{_of('stroke', name)}}}text.t{name}{{{_of('fill', name)}}}\n"


def _of(what: str, name: str) -> str:
    """A colour of the page; first the light one, for readers without CSS variables."""
    return f"{what}:{_LIGHT[name]};{what}:var(--{name})"
