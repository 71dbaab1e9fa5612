"""Rows of rules as text: counter, handle, rule; below each what it is for, and Docker's rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from textwrap import wrap

from .. import paint
from .model import Chain, Count, Element, Line
from .story import Row

_FIRST = "only the first packet of each connection comes by here, and is counted"
_HEADER = "packets  handle  rule"
#: Where the text of a rule begins, and the least room for a caption.
_LEFT, _LEAST = 17, 24


def lines(
    rows: Iterable[Row],
    width: int,
    moved: Collection[tuple[str, str, int]] = (),
    brief: bool = False,
) -> Iterator[str]:
    """The lines to print on `width` columns; rules in `moved` are highlighted. `brief`: one line
    each, with a rule's caption behind it."""
    first = True
    for row in rows:
        if row.chain is not None:
            if not row.depth:
                yield from () if first else ("",)
                first = False
            yield from _head(row, row.chain, width, brief)
        elif row.line is not None:
            yield from _rule(row, row.line, row.line.key in moved, None if brief else width)
            yield from () if brief else _below(row, row.depth, width)
        elif row.element is not None:
            yield from _element(row.element, row.depth, None if brief else width)
            yield from () if brief else _below(row, row.depth, width, caption=False)
        else:
            yield f"{' ' * (_LEFT + 2 * row.depth)}({row.caption})"


def _head(row: Row, chain: Chain, width: int, brief: bool) -> Iterator[str]:
    if not row.depth:
        where = f"{chain.family} {chain.table}"
        when = f"{chain.hook} at {chain.priority}, " if chain.hook else ""
        policy = f", policy {chain.policy}" if chain.policy else ""
        yield paint.heading(f"{where}: {when}chain {chain.name}{policy}")
        if brief:
            return
        yield from _wrapped(row.caption, 0, width)
        if chain.type == "nat":
            yield from _wrapped(_FIRST, 0, width)
        yield paint.faint(_HEADER)
        return
    if row.again or not chain.lines:
        yield f"{' ' * (_LEFT + 2 * row.depth)}({'see above' if row.again else 'no rules'})"


def _rule(row: Row, line: Line, moved: bool, width: int | None) -> Iterator[str]:
    """The rule; without a `width` it is one line, its caption behind it."""
    start = f"{_count(line.count):>7}  {f'#{line.handle}':>6}  {'  ' * row.depth}"
    paints = paint.moved if moved else str
    if width is None:
        yield paints(start + line.text) + (f"  {paint.faint(row.caption)}" if row.caption else "")
        return
    room = max(width - len(start), _LEAST)
    parts = wrap(line.text, room, subsequent_indent="  ", break_on_hyphens=False)
    for index, part in enumerate(parts):
        yield paints((" " * len(start) if index else start) + part)


def _count(count: Count | None) -> str:
    return "" if count is None else str(count.packets)


def _element(item: Element, depth: int, width: int | None) -> Iterator[str]:
    """The element and what it is for, which goes below where both do not fit."""
    target = f" → {item.value}" if item.value else ""
    head = f"{_count(item.count):>7}".ljust(_LEFT) + f"{'  ' * depth}{item.key}{target}"
    if width is not None and len(head) + 2 + len(item.comment) > width:
        yield head
        yield " " * (_LEFT + 2 * depth + 2) + paint.name(item.comment)
    else:
        yield head + (f"  {paint.name(item.comment)}" if item.comment else "")


def _below(row: Row, depth: int, width: int, caption: bool = True) -> Iterator[str]:
    indent = _LEFT + 2 * depth + 4
    if caption:
        yield from _wrapped(row.caption, indent, width)
    if row.docker:
        yield from _wrapped(f"Docker: {row.docker}", indent, width)


def _wrapped(text: str, indent: int, width: int) -> Iterator[str]:
    for line in wrap(text, max(width - indent, _LEAST), break_on_hyphens=False):
        yield " " * indent + paint.faint(line)
