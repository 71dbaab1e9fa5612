"""Leading wires around cards: in the channels between their rows and columns, at right angles.

A LAN is drawn as one bus: from its bridge down the first channel, along the channel above each row
that has members, down the channel before their column, to their left edges. Two LANs never run
in one line: each has a track of its own wherever they would be side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...value import Value
from .cards import PAD
from .shapes import TRACK, Box, Rect, Stroke


class End(Value):
    """An end of a LAN's wires at a card: `style` is that of the wire, or ``off``. Where a plug has
    wires of several LANs (the parent of a macvlan has a cable, too), they end `beside` each
    other."""

    box: Box
    plug: str
    style: str
    beside: int = 0

    @property
    def y(self) -> float:
        """Its height."""
        return self.box.y + self.box.ends[self.plug] + 3.75 * self.beside

    @property
    def x(self) -> float:
        """Where the wire ends: at the edge of the card, or of the bridge in it."""
        inset = PAD if self.plug in self.box.inner else 0.0
        return self.box.rect.right - inset if self.on_host else self.box.x + inset

    @property
    def on_host(self) -> bool:
        """Is it at the right edge of the host, and not at the left one of another card?"""
        return self.box.column < 0


class Net(Value):
    """A LAN to be drawn, with all its ends."""

    key: str
    colour: int
    style: str
    ends: tuple[End, ...]

    @property
    def rows(self) -> set[int]:
        """The rows whose channel it needs: those with ends behind the first column."""
        if self.together:
            return set()
        return {end.box.row for end in self.ends if end.box.column > 0}

    @property
    def columns(self) -> set[int]:
        """The columns of its ends; -1 is the host."""
        return {end.box.column for end in self.ends}

    @property
    def together(self) -> bool:
        """Are all ends before one column, in one row? Then it is a line there, and nothing else."""
        return len(self.columns) == 1 and len({end.box.row for end in self.ends}) == 1

    @property
    def main(self) -> bool:
        """Does it need the channel beside the host?"""
        if self.together:
            return self.columns <= {-1, 0}
        return bool(self.columns & {-1, 0}) or len(self.rows) > 1


class Tracks:
    """The tracks of one channel: spans that do not touch may have the same one."""

    def __init__(self) -> None:
        self._spans: list[list[tuple[float, float]]] = []
        self.number: dict[str, int] = {}

    def add(self, key: str, span: Iterable[float]) -> None:
        """Give `key` the first track that is free over `span`."""
        heights = list(span)
        low, high = min(heights) - TRACK, max(heights) + TRACK
        for number, spans in enumerate(self._spans):
            if all(high <= a or b <= low for a, b in spans):
                spans.append((low, high))
                self.number[key] = number
                return
        self.number[key] = len(self._spans)
        self._spans.append([(low, high)])

    @property
    def room(self) -> float:
        """The width of the channel."""
        return (len(self._spans) + 2) * TRACK


class Bus(Value):
    """A net with its places: `main` is the track beside the host, `rows` the height of its bus
    above each row, `columns` the track before (row, column)."""

    net: Net
    main: float
    rows: dict[int, float]
    columns: dict[tuple[int, int], float]

    def sockets(self) -> Iterator[Rect]:
        """The plugs themselves."""
        for end in self.net.ends:
            style = "socket off" if end.style == "off" else "socket"
            yield Rect(end.x - 3.5, end.y - 5, 7, 10, style, self.net.colour)

    def strokes(self) -> tuple[list[Stroke], list[tuple[Stroke, End]]]:
        """What all its ends share, and the last piece to each end."""
        shared: list[Stroke] = []
        last: list[tuple[Stroke, End]] = []
        on_main: list[float] = list(self.rows.values()) if self.net.main else []
        falls: dict[tuple[int, int], list[float]] = {}
        for end in self.net.ends:
            box = end.box
            if end.on_host:
                last.append((Stroke(end.x, end.y, self.main, end.y), end))
                on_main.append(end.y)
                continue
            place = (box.row, box.column)
            track = self.main if box.column == 0 else self.columns[place]
            last.append((Stroke(track, end.y, end.x, end.y), end))
            if box.column == 0:
                on_main.append(end.y)
            else:
                falls.setdefault(place, []).append(end.y)
        for (row, column), heights in falls.items():
            heights += [self.rows[row]] if row in self.rows else []
            shared += _upright(self.columns[row, column], heights)
        shared += _upright(self.main, on_main)
        for row, height in self.rows.items():
            across = [x for (r, _), x in self.columns.items() if r == row]
            across += [self.main] if self.net.main else []
            if min(across) < max(across):
                shared.append(Stroke(min(across), height, max(across), height))
        return shared, last


def _upright(x: float, heights: Sequence[float]) -> list[Stroke]:
    if not heights or min(heights) == max(heights):
        return []
    return [Stroke(x, min(heights), x, max(heights))]


def merged(strokes: Iterable[Stroke]) -> tuple[Stroke, ...]:
    """The same lines without anything drawn twice."""
    lines: dict[tuple[bool, float], list[tuple[float, float]]] = {}
    for s in strokes:
        along = (s.y1, s.y2) if s.upright else (s.x1, s.x2)
        lines.setdefault((s.upright, s.x1 if s.upright else s.y1), []).append(along)
    found = []
    for (upright, at), spans in sorted(lines.items()):
        joined: list[list[float]] = []
        for low, high in sorted(spans):
            if joined and low <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], high)
            else:
                joined.append([low, high])
        found += [Stroke(at, a, at, b) if upright else Stroke(a, at, b, at) for a, b in joined]
    return tuple(found)


def junctions(strokes: Iterable[Stroke]) -> list[tuple[float, float]]:
    """Where three or more pieces of one LAN meet: there it has a dot, so that a crossing of two
    LANs cannot be taken for one."""
    lines = list(merged(strokes))
    uprights = [s for s in lines if s.upright]
    found = []
    for flat in (s for s in lines if not s.upright):
        for up in uprights:
            if flat.x1 <= up.x1 <= flat.x2 and up.y1 <= flat.y1 <= up.y2:
                arms = (flat.x1 < up.x1) + (up.x1 < flat.x2) + (up.y1 < flat.y1) + (flat.y1 < up.y2)
                if arms > 2:
                    found.append((up.x1, flat.y1))
    return found
