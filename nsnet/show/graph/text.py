"""A graph as a tree of text, 80 columns wide: bridges, and who hangs on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...diagnose.graph.model import CLOSED, Card, Graph, Lan, Plug, Spot, naturally
from ...value import Value
from .. import paint
from . import words

WIDTH = 80
#: The widest that the columns of names may be.
_NAME, _DEVICE = 28, 16


class _Row(Value):
    """A line of the tree before it is fitted: columns, then what may go to a second line."""

    columns: tuple[str, ...]
    pieces: tuple[str, ...] = ()
    below: tuple[_Row, ...] = ()


def text(graph: Graph) -> str:
    """The whole picture, a newline at its end."""
    return "\n".join(_Tree(graph).lines()) + "\n"


class _Tree:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._plugs = {(c.key, p.name): p for c in graph.cards for p in c.plugs}
        self._cards = {c.key: c for c in graph.cards}
        self._shown: set[Spot] = set()
        self._told: set[object] = set()
        self._others: dict[Spot, list[Spot]] = {}
        for wire in graph.wires:
            one, other = wire.ends
            self._others.setdefault(one, []).append(other)
            self._others.setdefault(other, []).append(one)

    def lines(self) -> Iterator[str]:
        blocks = [list(self._block(card)) for card in self._order() if self._is_due(card)]
        alone = [c for c in self._graph.cards if not c.plugs and c.role != "host"]
        for title, closed in (("no interface but lo:", False), (f"{CLOSED}:", True)):
            cards = [card for card in alone if (CLOSED in card.marks) is closed]
            rows = [_Row((c.title,), tuple(w for w in _about(c) if w != CLOSED)) for c in cards]
            blocks += [[paint.faint(title), *_branches(rows)]] if rows else []
        if self._graph.notes:
            blocks.append([line for note in self._graph.notes for line in _wrapped(note)])
        for number, block in enumerate(blocks):
            yield from [""] if number else []
            yield from block

    def _is_due(self, card: Card) -> bool:
        """Has it interfaces that no block before has shown?"""
        left = any((card.key, plug.name) not in self._shown for plug in card.plugs)
        return left or card.role == "host"

    def _order(self) -> list[Card]:
        """The host, then whoever has a bridge or a parent, then the others."""
        centres = {each.card for each in self._graph.lans if each.device}
        return sorted(self._graph.cards, key=lambda c: (c.role != "host", c.key not in centres))

    def _block(self, card: Card) -> Iterator[str]:
        rows = [self._row(card, plug) for plug in card.plugs if not self._is_port(plug, card)]
        rows += self._elsewhere(card)
        about = "  ".join(_about(card))
        yield from _wrapped(card.title + (f"  {about}" if about else ""), card.title)
        yield from _branches(rows)

    def _is_port(self, plug: Plug, card: Card) -> bool:
        return bool(plug.bridge) and card.plug(plug.bridge) is not None

    def _row(self, card: Card, plug: Plug) -> _Row:
        """An interface of a card, with what hangs on it."""
        spot = (card.key, plug.name)
        self._shown.add(spot)
        lan = self._lan_at(spot)
        ports = [each for each in card.plugs if each.bridge == plug.name]
        below = [row for port in ports for row in self._port(card, port)]
        pieces = [_kind(plug, lan), *words.state(plug), *words.ways(plug)]
        for other in sorted(self._others.get(spot, ()), key=naturally):
            if other in self._shown or other[0] == card.key or self._plugs[other].bridge:
                pieces.append(f"── {self._name(other, card)}")
            else:
                below.append(self._leaf(other))
        pieces += list(words.lan(lan)) if lan else []
        if plug.unseen:
            pieces.append("its other end is not to be seen from here")
        first, *rest = plug.addresses or ("",)
        columns = (plug.name, first) if first else (plug.name,)
        return _Row(columns, tuple(filter(None, [*rest, *pieces])), tuple(below))

    def _lan_at(self, spot: Spot) -> Lan | None:
        return next((e for e in self._graph.lans if e.device and (e.card, e.device) == spot), None)

    def _port(self, card: Card, port: Plug) -> Iterator[_Row]:
        """A port of a bridge: who is behind it."""
        spot = (card.key, port.name)
        self._shown.add(spot)
        others = sorted(self._others.get(spot, ()), key=naturally)
        unusual = list(words.state(port))
        simple = len(others) == 1 and others[0][0] != card.key and port.kind == "veth"
        if simple and not self._plugs[others[0]].bridge:
            yield self._leaf(others[0], [f"port {each}" for each in unusual])
            return
        ends = [f"── {self._name(other, card)}" for other in others]
        if port.unseen:
            ends.append("its other end is not to be seen from here")
        kind = "" if port.kind in ("veth", "device") else f"{port.kind} {port.about}".strip()
        first, *rest = port.addresses or ("",)
        columns = (port.name, "", first) if first else (port.name,)
        yield _Row(columns, tuple(filter(None, [*rest, kind, *unusual, *ends])))

    def _leaf(self, spot: Spot, more: Sequence[str] = ()) -> _Row:
        """The far end of a wire: whose it is, its addresses, its way out, its ports."""
        card, plug = self._cards[spot[0]], self._plugs[spot]
        fresh = not any((card.key, p.name) in self._shown for p in card.plugs)
        self._shown.add(spot)
        kind = "" if plug.kind == "veth" else plug.kind
        first, *rest = plug.addresses or ("no address",)
        pieces = [*rest, kind, *words.state(plug), *more, *(f"via {g}" for g in plug.gateways if g)]
        pieces += ["default route"] if "" in plug.gateways else []
        pieces += ["no default route"] if words.stranded(self._graph, card) else []
        pieces += card.marks if fresh else []
        pieces += self._ports(plug)
        return _Row((card.title, plug.name, first), tuple(filter(None, pieces)))

    def _ports(self, plug: Plug) -> Iterator[str]:
        held = {each.partition("/")[0] for each in plug.addresses}
        found = [each for each in self._graph.published if each.ip in held]
        self._told.update(found)
        for where, port in words.ports(found):
            note = words.doubt(port)
            yield f"{where} → {port.target}" + (f" ({note})" if note else "")

    def _elsewhere(self, card: Card) -> Iterator[_Row]:
        """Ports that lead to an address which is no leaf of this tree."""
        held = {a.partition("/")[0] for spot in self._plugs for a in self._plugs[spot].addresses}
        rest = [p for p in self._graph.published if p.card == card.key and p not in self._told]
        for where, port in words.ports(p for p in rest if p.ip not in held):
            self._told.add(port)
            note = words.doubt(port) or "nobody here has that address"
            yield _Row((f"{where} → {port.ip}:{port.target}",), (note,))

    def _name(self, spot: Spot, beside: Card) -> str:
        """An interface by its namespace: of those who share that, the first is enough."""
        if spot[0] == beside.key:
            return spot[1]
        return f"{self._cards[spot[0]].names[0]} {spot[1]}"


def _kind(plug: Plug, lan: Lan | None) -> str:
    if lan and lan.name:
        what = "bridge of" if plug.kind == "bridge" else "parent of"
        return f"{what} network {lan.name}"
    plain = plug.kind in ("device", "veth", "loopback")
    return "" if plain else f"{plug.kind} {plug.about}".strip()


def _about(card: Card) -> Iterator[str]:
    if card.role == "outside":
        yield "the simulated internet"
    elif card.role == "namespace":
        yield "namespace"
    yield from card.marks


def _branches(rows: Sequence[_Row], indent: str = "") -> Iterator[str]:
    """The lines of a tree's rows, their columns below each other."""
    limits = (_NAME, _DEVICE, WIDTH)
    count = max((len(row.columns) for row in rows), default=0)
    sizes = []
    for number, limit in zip(range(count), limits, strict=False):
        column = [row.columns[number] for row in rows if len(row.columns) > number + 1]
        sizes.append(min(max(map(words.width, column), default=0), limit))
    for number, row in enumerate(rows, 1):
        last = number == len(rows)
        start, under = ("└─ ", "   ") if last else ("├─ ", "│  ")
        yield from _fitted(row, sizes, indent + start, indent + under, bool(row.below))
        yield from _branches(row.below, indent + under)


def _fitted(
    row: _Row, sizes: Sequence[int], start: str, under: str, followed: bool
) -> Iterator[str]:
    """A row's columns, and its pieces as far as they fit; the rest goes below."""
    plain, shown = start, start
    for number, (each, size) in enumerate(zip(row.columns, sizes, strict=False)):
        gap = "  " if number else ""
        word = words.cut(each, max(size, 0)) if number < len(row.columns) - 1 else each
        room = " " * max(0, size - words.width(word))
        plain += gap + word + room
        shown += gap + (paint.name(word) if not number else word) + room
    column = words.width(start) + sum(size + 2 for size in sizes[: len(row.columns) - 1])
    below = under + ("│" if followed else " ") + " " * (column - words.width(under) - 1)
    for piece in row.pieces:
        if words.width(plain.rstrip()) + 2 + words.width(piece) > WIDTH and plain != below:
            yield shown.rstrip()
            plain = shown = below
        gap = "" if plain == below else "  "
        piece = words.cut(piece, WIDTH - words.width(plain + gap))
        plain, shown = plain + gap + piece, shown + gap + _painted(piece)
    yield shown.rstrip()


def _painted(piece: str) -> str:
    return paint.faint(piece) if piece.startswith("via ") else piece


def _wrapped(line: str, title: str = "") -> Iterator[str]:
    """A line of prose, broken between words; `title`, its beginning, stands out."""
    start = ""
    for word in line.split(" "):
        word = words.cut(word, WIDTH - 2)
        if start.strip() and words.width(start) + 1 + words.width(word) > WIDTH:
            yield _titled(start, title)
            start, title = f"  {word}", ""
        else:
            start = f"{start} {word}" if start else word
    yield _titled(start, title)


def _titled(line: str, title: str) -> str:
    if title and line.startswith(title):
        return paint.heading(title) + line[len(title) :]
    return line
