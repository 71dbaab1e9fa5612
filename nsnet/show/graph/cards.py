"""Drawing one card: its title, its plugs, its bridges with their ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from ...diagnose.graph.model import Card, Graph, Lan, Plug, Spot
from ...value import replace
from . import words
from .shapes import LATTICE, Box, Rect, Text, measure

PAD = 14.0
LINE = 16.0
#: Columns that a text may have before it is cut; the whole is in its hint.
_TITLE, _LINE, _CHIP = 30, 36, 18
_CHIPS = 300.0  # a bridge's ports are broken into lines of this width


class CardDrawer:
    """Draws the cards of a graph. `least` is the height that a bridge of the host needs for
    what is written beside it."""

    def __init__(
        self, graph: Graph, colours: Mapping[str, int], least: Mapping[str, float]
    ) -> None:
        self._graph, self._colours, self._least = graph, colours, least
        self._plugs = {(c.key, p.name): p for c in graph.cards for p in c.plugs}
        self._titles = {card.key: card.title for card in graph.cards}
        self._others: dict[Spot, list[tuple[Spot, str]]] = {}
        for wire in graph.wires:
            one, other = wire.ends
            self._others.setdefault(one, []).append((other, wire.lan))
            self._others.setdefault(other, []).append((one, wire.lan))

    def draw(self, card: Card) -> Box:
        """The box of a card."""
        box = Box(card.key, hint=_hint(card), style="host" if card.role == "host" else "card")
        shift = 0.0 if card.role == "host" else LATTICE / 3
        sheet = _Sheet(box, shift)
        sheet.line(words.cut(card.title, _TITLE), "title", hint=card.title)
        for text in _about(card):
            sheet.line(words.cut(text, _LINE), "small", hint=text)
        if words.stranded(self._graph, card):
            sheet.line("no default route", "bad")
        own = [p for p in card.plugs if not (p.bridge and card.plug(p.bridge))]
        plain = [p for p in own if p.kind != "bridge"]
        names = max((words.width(words.cut(p.name, _CHIP)) for p in plain), default=0)
        for plug in plain:
            self._plug(sheet, card, plug, names)
        for plug in own:
            if plug.kind == "bridge":
                self._bridge(sheet, card, plug)
        if card.role != "host":
            self._published(sheet, card)
        sheet.close()
        return box

    def _plug(self, sheet: _Sheet, card: Card, plug: Plug, names: int) -> None:
        """A row with the interface's name and address, small ones below with the rest."""
        centre = sheet.row(plug.name)
        x = PAD + 2
        name = words.cut(plug.name, _CHIP)
        hint = self._wire_hint(card, plug)
        sheet.put(x, centre, name, "name", hint)
        x += measure(" " * (names + 2), "name")
        first, *rest = plug.addresses or ("",)
        details = list(self._details(card, plug))
        style = "text"
        if not first and details:
            first, style = details.pop(0)
        sheet.put(x, centre, words.cut(first, _LINE), style, hint)
        for address in rest:
            sheet.line(words.cut(address, _LINE), "text", x, address)
        for text, style in details:
            sheet.line(words.cut(text, _LINE), style, x, text)

    def _details(self, card: Card, plug: Plug) -> Iterator[tuple[str, str]]:
        lan = self._at(card, plug)
        if lan and lan.name:
            yield f"parent of network {lan.name}", "small"
        if plug.kind not in ("veth", "device", "loopback"):
            yield f"{plug.kind} {plug.about}".strip(), "small"
        for text in words.ways(plug):
            yield text, "small"
        for text in words.state(plug):
            yield text, "bad"
        if plug.unseen:
            yield "other end not to be seen", "small"

    def _at(self, card: Card, plug: Plug) -> Lan | None:
        places = ((e, (e.card, e.device)) for e in self._graph.lans if e.device)
        return next((lan for lan, spot in places if spot == (card.key, plug.name)), None)

    def _bridge(self, sheet: _Sheet, card: Card, plug: Plug) -> None:
        """A box in the card: the bridge, its address, its network, its ports."""
        lan = self._at(card, plug)
        sheet.gap(12)
        centre = sheet.row(plug.name, inner=True)
        top = centre - 15
        hint = _plug_hint(plug)
        sheet.put(PAD + 10, centre, plug.name, "name", hint)
        x = PAD + 10 + measure(plug.name + "  ", "name")
        first, *rest = plug.addresses or ("bridge without address",)
        sheet.put(x, centre, first, "text", hint)
        for address in rest:
            sheet.line(address, "text", x)
        if lan and lan.name:
            sheet.line(words.cut(f"network {lan.name}", _LINE), "small", PAD + 10, lan.name)
        for text in (*words.ways(plug), *(words.lan(lan) if lan else ())):
            sheet.line(words.cut(text, _LINE), "small", PAD + 10, text)
        for text in words.state(plug):
            sheet.line(text, "bad", PAD + 10)
        ports = [each for each in card.plugs if each.bridge == plug.name]
        colour = self._colours.get(lan.key, -1) if lan else -1
        self._chips(sheet, card, [p for p in ports if self._simple(card, p)], colour)
        for port in ports:
            if not self._simple(card, port):
                self._port(sheet, card, port)
        if card.role == "host" and lan:
            sheet.y = max(sheet.y, top + self._least.get(lan.key, 0.0))
        sheet.gap(6)
        sheet.inset(top, "bridge", colour, hint)

    def _simple(self, card: Card, port: Plug) -> bool:
        """Is it a cable of this bridge's LAN to some container? Then its chip is enough."""
        others = self._others.get((card.key, port.name), [])
        return len(others) == 1 and others[0][1] == port.lan and port.kind == "veth"

    def _chips(self, sheet: _Sheet, card: Card, ports: Sequence[Plug], colour: int) -> None:
        """The ports in lines."""
        left = x = PAD + 10
        for port in ports:
            name = words.cut(port.name, _CHIP)
            width = measure(name, "chip") + 12
            if x == left or x + width > left + _CHIPS:
                sheet.gap(22 if x != left else 4)
                x = left
            sheet.chip(x, name, width, port, colour, self._wire_hint(card, port))
            x += width + 6
        if ports:
            sheet.gap(22)

    def _port(self, sheet: _Sheet, card: Card, port: Plug) -> None:
        """A port that is no mere cable: a tunnel, a network card, a way to another bridge."""
        centre = sheet.row(port.name, inner=True)
        hint = self._wire_hint(card, port)
        sheet.put(PAD + 10, centre, words.cut(port.name, _CHIP), "name", hint)
        x = PAD + 10 + measure(words.cut(port.name, _CHIP) + "  ", "name")
        more = [*port.addresses, *(t for t, _ in self._details(card, port))] or ["port"]
        sheet.put(x, centre, words.cut(more[0], _LINE), "small", hint)
        for text in more[1:]:
            sheet.line(words.cut(text, _LINE), "small", x, text)

    def _published(self, sheet: _Sheet, card: Card) -> None:
        mine = [p for p in self._graph.published if p.card == card.key]
        sheet.gap(4 if mine else 0)
        for where, port in words.ports(mine):
            text = f"{where} → {port.to}:{port.target}"
            sheet.line(words.cut(text, _LINE), "small", hint=text)

    def _wire_hint(self, card: Card, plug: Plug) -> str:
        others = [f"{self._titles[key]} {name}" for (key, name), _ in self._others.get(
            (card.key, plug.name), ()
        )]  # fmt: skip
        return _plug_hint(plug) + (f" ↔ {', '.join(others[:4])}" if others else "")


class _Sheet:
    """A card being written from top to bottom."""

    def __init__(self, box: Box, shift: float) -> None:
        self._box, self._shift = box, shift
        self.y = 6.0

    def put(self, x: float, centre: float, text: str, style: str, hint: str = "") -> None:
        """A text around the height `centre`."""
        if text:
            self._box.texts.append(Text(x, centre + 4, text, style, hint))

    def line(self, text: str, style: str, x: float = PAD + 2, hint: str = "") -> None:
        """A line of its own."""
        height = LINE + 4 if style == "title" else LINE
        self.put(x, self.y + height / 2, text, style, hint if hint != text else "")
        self.y += height

    def gap(self, height: float) -> None:
        """Leave some room."""
        self.y += height

    def row(self, plug: str, inner: bool = False) -> float:
        """The middle of a row that a wire ends at: on the lattice."""
        wanted = self.y + 10 - self._shift
        centre = ceil(wanted / LATTICE) * LATTICE + self._shift
        self._box.ends[plug] = centre
        if inner:
            self._box.inner.add(plug)
        self.y = centre + 9
        return centre

    def chip(self, x: float, name: str, width: float, port: Plug, colour: int, hint: str) -> None:
        """A port of a bridge."""
        style = "chip" if port.state == "up" else "chip off"
        style += " apart" if "isolated" in port.marks else ""
        self._box.rects.append(Rect(x, self.y, width, 17, style, colour, hint))
        self._box.texts.append(Text(x + 6, self.y + 12.5, name, "chip", hint))

    def inset(self, top: float, style: str, colour: int, hint: str) -> None:
        """A box around what was written since `top`; its width comes with the card's."""
        self._box.rects.append(Rect(PAD, top, 0, self.y - top, style, colour, hint))

    def close(self) -> None:
        """Give the card its size."""
        box = self._box
        wide = max([*(t.x + t.width for t in box.texts), *(r.right for r in box.rects)])
        box.height = ceil((self.y + 8) / LATTICE) * LATTICE
        box.rects.sort(key=lambda r: r.style != "bridge")
        inset = any(r.style == "bridge" for r in box.rects)
        widen(box, max(ceil(wide + PAD + (10 if inset else 2)), 110.0))


def widen(box: Box, width: float) -> None:
    """Make a card and the boxes in it as wide as that."""
    box.width = width
    box.rects[:] = [
        replace(r, width=width - 2 * PAD) if r.style == "bridge" else r for r in box.rects
    ]


def _about(card: Card) -> Iterator[str]:
    if card.role == "outside":
        yield "the simulated internet"
    elif card.role == "namespace":
        yield "namespace"
    elif card.mode == "none":
        yield "no network"
    if card.about:
        yield card.about
    yield from card.marks


def _hint(card: Card) -> str:
    where = card.key and f"namespace {card.key}"
    return " · ".join(filter(None, (card.title, card.about, where)))


def _plug_hint(plug: Plug) -> str:
    parts = (plug.name, plug.kind, plug.about, plug.mac, f"mtu {plug.mtu}", plug.state, *plug.marks)
    return " · ".join(part for part in parts if part)
