"""The answers as grids: a row for each sender, a column for each thing that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from ...diagnose.reach import Found, Reach, Station
from ...value import Value
from .words import Mark, mark

#: What a station does not ask itself.
SELF = "·"
#: There is nothing that it could ask.
NOTHING = "-"

TITLES = {"ping": "Ping", "ports": "Ports", "names": "Names"}
_PART = {"ping": "ping", "port": "ports", "published": "ports", "name": "names"}


class Column(Value):
    """A column: the target, and which of its ports ("" where there is only one thing to ask).
    ``8080→80`` is a published port, called at the host's addresses."""

    target: str
    port: str = ""


class Grid(Value):
    """One of the parts. `cells` are by row, then by column."""

    part: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[tuple[Found, ...], ...]], ...]

    @property
    def title(self) -> str:
        """Its heading."""
        return TITLES[self.part]

    def marked(self) -> list[tuple[str, list[Mark]]]:
        """The rows with what stands in their cells."""
        return [
            (row, [_mark(row, *each) for each in zip(self.columns, cells, strict=True)])
            for row, cells in self.rows
        ]


def _mark(row: str, column: Column, cell: Sequence[Found]) -> Mark:
    return mark(cell) if cell else Mark(SELF if row == column.target else NOTHING)


def grids(reach: Reach) -> list[Grid]:
    """The grids of a measurement, without those in which nothing stands."""
    made = (_grid(reach, part) for part in reach.what)
    return [grid for grid in made if grid.columns]


def _grid(reach: Reach, part: str) -> Grid:
    cells: dict[tuple[str, Column], list[Found]] = {}
    names = {each.label: each.short for each in (*reach.senders, *reach.targets)}
    ports: dict[str, dict[tuple[bool, int, str, int], Column]] = {}
    for each in reach.found:
        question = each.question
        if _PART[question.what] == part:
            key = (question.inner > 0, question.port, question.protocol, question.inner)
            key = key if part == "ports" else (False, 0, "", 0)
            column = _column(each, names[question.target])
            column = ports.setdefault(question.target, {}).setdefault(key, column)
            cells.setdefault((question.sender, column), []).append(each)
    columns = [
        ports[target.label][key]
        for target in reach.targets
        for key in sorted(ports.get(target.label, ()))
    ]
    rows = _rows(reach.senders, columns, cells)
    return Grid(part, tuple(columns), tuple(rows))


def _rows(
    senders: Sequence[Station],
    columns: Sequence[Column],
    cells: dict[tuple[str, Column], list[Found]],
) -> list[tuple[str, tuple[tuple[Found, ...], ...]]]:
    """Senders that asked nothing at all have no row."""
    rows = []
    for sender in senders:
        row = tuple(tuple(cells.get((sender.label, column), ())) for column in columns)
        if any(row):
            rows.append((sender.short, row))
    return rows


def _column(each: Found, target: str) -> Column:
    question = each.question
    if question.what not in ("port", "published"):
        return Column(target)
    udp = "/udp" if question.protocol == "udp" else ""
    port = f"{question.port}→{question.inner}" if question.inner else f"{question.port}"
    return Column(target, port + udp)


def notes(reach: Reach) -> list[str]:
    """What a reader of the grids should know: what a mark that counts, a dash and an arrow mean,
    who has no row of its own."""
    lines = []
    marks = {text for grid in grids(reach) for _, cells in grid.marked() for text in cells}
    some = min((text for text in marks if " of " in text), default=None)
    if some:
        lines.append(f"{some}  so many of its addresses answered (which: --format json)")
    if NOTHING in marks:
        lines.append(f"{NOTHING}  there is no address that this one could ask")
    publishing = (each.question for each in reach.found if each.question.what == "published")
    one = next(publishing, None)
    if one:
        arrow = f"{one.port}→{one.inner}"
        lines.append(f"{arrow}  port {one.port} of the host's addresses, which is published")
    seen = {each.label: each for each in (*reach.senders, *reach.targets)}
    for each in seen.values():
        lines += [f"{guest} shares the network stack of {each.short}" for guest in each.guests]
    return lines
