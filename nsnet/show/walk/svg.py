"""A walk as SVG: a lane for each namespace, time runs down. In light and dark, without scripts
and without fonts from elsewhere; the same walk gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...diagnose.graph.model import clean
from ...diagnose.walk import Event, Walk
from ...value import Value
from ..graph.svg import escape
from .chapters import LEGS, chapters, ending, silent

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
_ROW, _LINE, _CHAR = 10, 16, 6.7
_NAT = ("dnat", "snat", "masquerade", "redirect")


class _Box(Value):
    """A drawn event: its lane, its lines of text, what it says in full, and its colour."""

    lane: int
    texts: tuple[str, ...]
    hint: str
    style: str
    top: int = 0

    @property
    def height(self) -> int:
        return _LINE * len(self.texts) + 8


def svg(walk: Walk) -> str:
    """The whole file."""
    lanes = list(dict.fromkeys(event.label for event in walk.events))
    boxes, legs, height = _placed(walk, lanes)
    width = max(1, len(lanes)) * (_LANE + _GAP) + _GAP
    return "\n".join(_drawn(walk, lanes, boxes, legs, (width, height))) + "\n"


def _placed(walk: Walk, lanes: list[str]) -> tuple[list[_Box], list[tuple[str, int]], int]:
    """The boxes with their places, the legs with their beginnings, and the height of it all."""
    boxes: list[_Box] = []
    legs: list[tuple[str, int]] = []
    top, leg = _TOP, ""
    for chapter in chapters(walk):
        if chapter.leg != leg:
            leg = chapter.leg
            legs.append((LEGS.get(leg, leg), top))
            top += 26
        for index, line in enumerate(chapter.lines):
            if silent(chapter, index):
                continue
            event = line.event
            texts, hint = _words(line.word, line.chain, event)
            box = _Box(lanes.index(event.label), texts, hint, _style(event), top)
            boxes.append(box)
            top += box.height + _ROW
    return boxes, legs, top + 40


def _words(word: str, chain: str, event: Event) -> tuple[tuple[str, ...], str]:
    """The lines of a box, and what it says when a pointer rests on it."""
    if chain:
        return (_cut(f"{word}: chain {chain}"),), clean(event.text)
    if event.kind == "rule" and event.rule:
        rule = event.rule
        hint = f"{rule.family} {rule.table} {rule.chain} handle {rule.handle}: {rule.text}"
        told = [f"rule {rule.handle}: {rule.text}"]
        told += [f'"{rule.caption}"'] if rule.caption else []
        return tuple(_cut(each) for each in (*told, f"→ {event.verdict}")), clean(hint)
    if event.kind == "rewrite" and event.before:
        texts = (str(event.before).partition(" ")[2], f"→ {str(event.packet).partition(' ')[2]}")
        return tuple(map(_cut, texts)), clean(event.text)
    doubt = "" if event.sure else "? "
    return (_cut(f"{doubt}{word}: {event.text}"),), clean(f"{event.text} {event.reason}".strip())


def _cut(text: str) -> str:
    most = int((_LANE - 2 * _PAD) / _CHAR)
    text = clean(text)
    return text if len(text) <= most else text[: most - 1] + "…"


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
    walk: Walk, lanes: list[str], boxes: list[_Box], legs: list[tuple[str, int]],
    size: tuple[int, int],
) -> Iterator[str]:  # fmt: skip
    width, height = size
    title = f"{walk.source.label} → {walk.target.text or walk.target.address}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
    )
    yield f"<style>\n{''.join(_css())}</style>"
    yield f'<rect class="page" width="{width}" height="{height}"/>'
    yield f'<text class="title" x="{_GAP}" y="28">{escape(title)}</text>'
    for index, label in enumerate(lanes):
        left = _left(index)
        yield (
            f'<rect class="lane" x="{left}" y="40" width="{_LANE}" height="{height - 72}" rx="8"/>'
        )
        yield f'<text class="name" x="{left + _PAD}" y="62">{escape(label)}</text>'
    for text, top in legs:
        yield f'<text class="leg" x="{_left(0) + _PAD}" y="{top + 16}">{escape(text)}</text>'
    for before, after in pairwise(boxes):
        yield _arrow(before, after)
    for box in boxes:
        yield from _box(box)
    style = "good" if walk.arrived else "bad"
    yield f'<text class="end t{style}" x="{_GAP}" y="{height - 12}">{escape(ending(walk))}</text>'
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
    yield f"<g><title>{escape(box.hint)}</title>"
    yield (
        f'<rect class="box s{box.style}" x="{left}" y="{box.top}" width="{_LANE - _PAD}" '
        f'height="{box.height}" rx="4"/>'
    )
    for index, text in enumerate(box.texts):
        style = "faint" if text.startswith('"') else f"t{box.style}" if index else "ink"
        y = box.top + 15 + index * _LINE
        yield f'<text class="{style}" x="{left + _PAD // 2}" y="{y}">{escape(text)}</text>'
    yield "</g>"


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
