"""Where everything of a drawing is: the host at the left, the others in a grid, wires between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from ...diagnose.graph.model import Card, Graph, Wire, natural
from . import words
from .cards import CardDrawer, widen
from .routes import Bus, End, Net, Tracks, junctions, merged
from .shapes import LATTICE, TRACK, Box, Cable, Drawing, Stroke, Text, measure

MARGIN = 24.0
_GAP = 24.0  # between the cards of a column, besides wires
_SHAPE = 1.5  # the width of a pleasant picture for a height of 1
_LABEL = 18  # height of one published port beside the host
COLOURS = 8
_LEGEND = ("veth", "macvlan", "ipvlan", "vlan", "vxlan", "off")


def layout(graph: Graph) -> Drawing:
    """The drawing of a graph: the same graph gives the same drawing."""
    return _Layout(graph).drawing()


class _Layout:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._colours = {each.key: n % COLOURS for n, each in enumerate(graph.lans)}
        self._labels = list(_labels(graph))
        least: dict[str, float] = {}
        for lan, *_ in self._labels:
            least[lan] = least.get(lan, 8.0) + 2 * _LABEL
        drawer = CardDrawer(graph, self._colours, least)
        self._boxes = {card.key: drawer.draw(card) for card in graph.cards}
        self._host = next((self._boxes[c.key] for c in graph.cards if c.role == "host"), None)
        others = [c for c in self._ordered() if self._boxes[c.key] is not self._host]
        self._grid = [self._boxes[c.key] for c in others]
        self._columns = 0

    def drawing(self) -> Drawing:
        """Everything in its place."""
        left = self._beside_host()
        if self._host:
            self._host.x, self._host.y = left, LATTICE * 3
        self._arrange()
        nets = list(self._nets())
        buses = self._spread(nets, left)
        cables: list[Cable] = []
        dots: list[tuple[float, float, int]] = []
        for bus in buses:
            cables += _cables(bus)
            shared, last = bus.strokes()
            every = [*shared, *(stroke for stroke, _ in last)]
            dots += [(x, y, bus.net.colour) for x, y in junctions(every)]
        width = max((b.rect.right for b in self._boxes.values()), default=0.0)
        width = max([width, *(s.x2 for c in cables for s in c.strokes)])
        bottom = max((b.rect.bottom for b in self._boxes.values()), default=0.0)
        texts, arrows = self._port_labels(left)
        bottom = max([bottom, *(t.y for t in texts)])
        legend, strokes, height, wide = self._legend(cables, bottom + MARGIN)
        return Drawing(
            width=ceil(max(width, wide) + MARGIN),
            height=ceil(height + MARGIN),
            boxes=tuple(self._boxes.values()),
            texts=(*texts, *legend),
            cables=(*cables, *strokes),
            sockets=tuple(socket for bus in buses for socket in bus.sockets()),
            dots=tuple(dots),
            arrows=tuple(arrows),
        )

    def _ordered(self) -> list[Card]:
        """Cards with bridges first, then by the LAN that they are on, those on none last."""
        numbers = {lan.key: n for n, lan in enumerate(self._graph.lans)}
        centres = {lan.card for lan in self._graph.lans if lan.device}

        def rank(card: Card) -> tuple[object, ...]:
            lans = [numbers[p.lan] for p in card.plugs if p.lan in numbers]
            first = min(lans, default=len(numbers))
            return (first, card.key not in centres, card.role != "outside", natural(card.title))

        return sorted(self._graph.cards, key=rank)

    def _beside_host(self) -> float:
        """Room at the left for published ports."""
        sizes = [(measure(a, "name"), measure(b, "small")) for _, a, b in self._labels]
        wide = max((max(each) for each in sizes), default=0)
        return MARGIN + (ceil(wide) + 44 if self._labels else 0)

    def _arrange(self) -> None:
        """Choose the number of columns, and give each card its row and column."""
        if not self._grid:
            return
        wide = max(box.width for box in self._grid)
        beside = self._host.width if self._host else 0.0
        least = self._host.height if self._host else 0.0
        best, choice = 0.0, 1
        for columns in range(1, min(12, len(self._grid)) + 1):
            high = sum(max(b.height for b in row) + _GAP for row in _rows(self._grid, columns))
            shape = (beside + columns * (wide + 48)) / max(high, least)
            fit = min(shape, _SHAPE) / max(shape, _SHAPE)
            if fit > best:
                best, choice = fit, columns
        self._columns = choice
        for row, boxes in enumerate(_rows(self._grid, choice)):
            for column, box in enumerate(boxes):
                box.row, box.column = row, column
        for column in range(choice):
            same = [box for box in self._grid if box.column == column]
            for box in same:
                widen(box, max(each.width for each in same))

    def _nets(self) -> Iterator[Net]:
        wires: dict[str, list[Wire]] = {}
        for wire in self._graph.wires:
            wires.setdefault(wire.lan, []).append(wire)
        used: dict[tuple[str, str], int] = {}
        for lan in self._graph.lans:
            here = wires.get(lan.key, [])
            kinds = [wire.kind for wire in here]
            ends: dict[tuple[str, str], str] = {}
            for wire in here:
                for spot in wire.ends:
                    ends[self._bridge_of(spot, lan.key)] = self._style(spot, wire.kind)
            if here:
                placed = []
                for (key, plug), style in sorted(ends.items()):
                    beside = used[key, plug] = used.get((key, plug), -1) + 1
                    placed.append(End(self._boxes[key], plug, style, beside))
                style = max(sorted(set(kinds)), key=kinds.count)
                yield Net(lan.key, self._colours[lan.key], style, tuple(placed))

    def _bridge_of(self, spot: tuple[str, str], lan: str) -> tuple[str, str]:
        """A port of the LAN's bridge has no end of its own: the bus ends at the bridge."""
        card = self._graph.card(spot[0])
        plug = card.plug(spot[1]) if card else None
        if plug and plug.bridge and plug.lan == lan and spot[1] not in self._boxes[spot[0]].ends:
            return spot[0], plug.bridge
        return spot

    def _style(self, spot: tuple[str, str], kind: str) -> str:
        card = self._graph.card(spot[0])
        plug = card.plug(spot[1]) if card else None
        bridged = plug and (plug.bridge or plug.kind == "bridge")
        return "off" if plug and plug.state != "up" and not bridged else kind

    def _spread(self, nets: Sequence[Net], left: float) -> list[Bus]:
        """Make room for all wires, place the cards, and give every net its tracks."""
        above = _row_tracks(nets)
        y = LATTICE * 3
        lanes: dict[int, float] = {}
        for row in range(1 + max((b.row for b in self._grid), default=-1)):
            count = len(above.get(row, {}))
            lanes[row] = y + LATTICE * 2 / 3
            y += ceil((count * LATTICE + (8 if count else 0)) / LATTICE) * LATTICE
            boxes = [b for b in self._grid if b.row == row]
            for box in boxes:
                box.y = y
            y += ceil((max(b.height for b in boxes) + _GAP) / LATTICE) * LATTICE
        heights = {
            net.key: {row: lanes[row] + above[row][net.key] * LATTICE for row in sorted(net.rows)}
            for net in nets
        }
        tracks = self._column_tracks(nets, heights)
        x = left + (self._host.width if self._host else 0.0)
        starts = {}
        for column in range(max(self._columns, 1)):
            starts[column] = x + 1.5 * TRACK
            x += tracks[column].room + (TRACK if self._host or column else 0)
            boxes = [b for b in self._grid if b.column == column]
            for box in boxes:
                box.x = x
            x += max((b.width for b in boxes), default=0.0)
        return [_bus(net, heights[net.key], tracks, starts) for net in nets]

    def _column_tracks(
        self, nets: Sequence[Net], heights: dict[str, dict[int, float]]
    ) -> dict[int, Tracks]:
        tracks = {column: Tracks() for column in range(max(self._columns, 1))}
        for net in nets:
            if net.main:
                ys = [end.y for end in net.ends if end.box.column <= 0]
                tracks[0].add(net.key, [*ys, *heights[net.key].values()])
            for row, column in sorted(_places(net)):
                ys = [e.y for e in net.ends if (e.box.row, e.box.column) == (row, column)]
                ys += [heights[net.key][row]] if row in net.rows else []
                tracks[column].add(f"{net.key} {row}", ys)
        return tracks

    def _port_labels(self, left: float) -> tuple[list[Text], list[tuple[Stroke, int]]]:
        """Published ports at the host's left edge, beside the bridge that they lead to."""
        texts: list[Text] = []
        arrows: list[tuple[Stroke, int]] = []
        if self._host is None:
            return texts, arrows
        tops = self._bridge_tops()
        y = self._host.y + 12
        for lan, where, target in self._labels:
            y = max(y, tops.get(lan, y) + 4)
            x = left - 36
            texts.append(Text(x, y + 12, where, "name", at_end=True))
            texts.append(Text(x, y + 26, target, "small", at_end=True))
            arrows.append((Stroke(x + 6, y + 12, left - 2, y + 12), self._colours.get(lan, -1)))
            y += 2 * _LABEL
        return texts, arrows

    def _bridge_tops(self) -> dict[str, float]:
        host = self._host
        found: dict[str, float] = {}
        for lan in self._graph.lans:
            if host and lan.card == host.key and lan.device in host.ends:
                found[lan.key] = host.y + host.ends[lan.device] - 16
        return found

    def _legend(
        self, cables: Sequence[Cable], top: float
    ) -> tuple[list[Text], list[Cable], float, float]:
        """Which line is what, as far as they occur; and the notes."""
        texts: list[Text] = []
        samples: list[Cable] = []
        x, y = MARGIN, top
        for style in (each for each in _LEGEND if each in {cable.style for cable in cables}):
            samples.append(Cable("", -1, style, (Stroke(x, y, x + 36, y),)))
            name = "down, no carrier" if style == "off" else style
            texts.append(Text(x + 44, y + 4, name, "small"))
            x += 44 + measure(name, "small") + 24
        wide = x
        y += 20 if samples else 0
        for note in self._graph.notes:
            texts.append(Text(MARGIN, y + 4, words.cut(note, 120), "small", note))
            wide = max(wide, MARGIN + texts[-1].width)
            y += 18
        return texts, samples, y - 10, wide


def _labels(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """(LAN, host's side, target) of the ports that the host publishes, by the order of LANs."""
    order = {lan.key: n for n, lan in enumerate(graph.lans)}
    hosts = {card.key for card in graph.cards if card.role == "host"}
    mine = [p for p in graph.published if p.card in hosts]
    mine.sort(key=lambda p: order.get(p.lan, len(order)))
    for where, port in words.ports(mine):
        note = words.doubt(port)
        target = f"→ {port.to}:{port.target}" + (f" ({note})" if note else "")
        yield port.lan, words.cut(where, 30), words.cut(target, 34)


def _rows(boxes: Sequence[Box], columns: int) -> list[Sequence[Box]]:
    return [boxes[at : at + columns] for at in range(0, len(boxes), columns)]


def _places(net: Net) -> set[tuple[int, int]]:
    return {(end.box.row, end.box.column) for end in net.ends if end.box.column > 0}


def _row_tracks(nets: Sequence[Net]) -> dict[int, dict[str, int]]:
    """The numbers of the nets in the channel above each row."""
    found: dict[int, dict[str, int]] = {}
    for net in nets:
        for row in sorted(net.rows):
            lanes = found.setdefault(row, {})
            lanes[net.key] = len(lanes)
    return found


def _bus(
    net: Net, heights: dict[int, float], tracks: dict[int, Tracks], starts: dict[int, float]
) -> Bus:
    main = starts[0] + tracks[0].number.get(net.key, 0) * TRACK
    columns = {
        (row, column): starts[column] + tracks[column].number[f"{net.key} {row}"] * TRACK
        for row, column in sorted(_places(net))
    }
    return Bus(net, main, heights, columns)


def _cables(bus: Bus) -> Iterator[Cable]:
    """The LAN's lines, one drawing for each style: what ends share has the most frequent one."""
    shared, last = bus.strokes()
    by_style: dict[str, list[Stroke]] = {bus.net.style: list(shared)}
    for stroke, end in last:
        by_style.setdefault(end.style, []).append(stroke)
    for style, strokes in sorted(by_style.items()):
        if strokes:
            yield Cable(bus.net.key, bus.net.colour, style, merged(strokes))
