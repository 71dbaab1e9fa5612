"""Tables in plain text: a header, columns as wide as needed, cells of one or more lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from . import paint

#: One text, or several lines below each other.
Cell = str | Sequence[str]

_GAP = "  "


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table, without a newline at its end; the header is never left out."""
    lines = [line for row in rows for line in _lines(row)]
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    title = paint.heading(_join(header, widths))
    return "\n".join([title, *(_join(line, widths) for line in lines)])


def _lines(row: Sequence[Cell]) -> list[tuple[str, ...]]:
    """The row as printed lines; every cell starts on the first."""
    cells = [[cell] if isinstance(cell, str) else (list(cell) or [""]) for cell in row]
    return list(zip_longest(*cells, fillvalue=""))


def _join(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return _GAP.join(padded).rstrip()
