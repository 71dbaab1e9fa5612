"""The grids as text, in blocks that are not wider than the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...diagnose.reach import Reach
from .. import paint
from ..words import seconds
from .grid import Grid, grids, notes
from .words import EXPLAINED, Mark, meaning, summary

_GAP = "  "
_PAINT = {"good": paint.good, "bad": paint.bad, "doubtful": paint.doubtful, "": paint.faint}


def lines(reach: Reach, width: int = 80) -> Iterator[str]:
    """The tables, what their marks mean, and how much of all was answered."""
    seen: set[str] = set()
    for grid in grids(reach):
        yield from _table(grid, width)
        yield ""
        seen.update(text for _, cells in grid.marked() for text in cells)
    for text in EXPLAINED:
        if text in seen:
            yield paint.faint(f"{text}  {meaning(text)}")
    for line in notes(reach):
        yield paint.faint(line)
    yield f"{summary(reach.found)}; {seconds(reach.seconds)}"


def _table(grid: Grid, width: int) -> Iterator[str]:
    rows = grid.marked()
    first = max(len(text) for text in (grid.title, *(row for row, _ in rows)))
    start = 0
    while start < len(grid.columns):
        widths = _block(grid, rows, start, width - first)
        if start:
            yield ""
        yield from _head(grid, start, first, widths)
        for row, cells in rows:
            painted = [_cell(m, w) for m, w in zip(cells[start:], widths, strict=False)]
            yield _GAP.join([paint.name(row) + " " * (first - len(row)), *painted]).rstrip()
        start += len(widths)


def _block(
    grid: Grid, rows: Sequence[tuple[str, Sequence[Mark]]], start: int, room: int
) -> list[int]:
    """The widths of the columns from `start` on that go side by side; one at least."""
    widths: list[int] = []
    for number in range(start, len(grid.columns)):
        column = grid.columns[number]
        texts = [cells[number] for _, cells in rows]
        label = column.target if _leads(grid, number, start) else ""
        wide = max(map(len, (label, column.port, *texts)))
        room -= wide + len(_GAP)
        if room < 0 and widths:
            break
        widths.append(wide)
    return widths


def _leads(grid: Grid, number: int, start: int) -> bool:
    """Does the target's name stand above this column?"""
    columns = grid.columns
    return number == start or columns[number].target != columns[number - 1].target


def _head(grid: Grid, start: int, first: int, widths: Sequence[int]) -> Iterator[str]:
    numbers = range(start, start + len(widths))
    labels = [grid.columns[n].target if _leads(grid, n, start) else "" for n in numbers]
    yield paint.heading(_line(grid.title.ljust(first), labels, widths))
    ports = [grid.columns[n].port for n in numbers]
    if any(ports):
        yield paint.heading(_line(" " * first, ports, widths))


def _line(first: str, texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (text.ljust(width) for text, width in zip(texts, widths, strict=True))
    return _GAP.join((first, *padded)).rstrip()


def _cell(text: Mark, width: int) -> str:
    return _PAINT[text.role](str(text)) + " " * (width - len(text))
