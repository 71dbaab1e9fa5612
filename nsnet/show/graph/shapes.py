"""Shapes of a drawing: rectangles, texts, lines. All measures in pixels."""

from __future__ import annotations

from ...value import Mutable, Value, field
from . import words

#: How wide a column of text is, for a font size of 1: monospace fonts have 0.60 (DejaVu, Menlo,
#: Liberation) or less.
_COLUMN = 0.605
SIZES = {"title": 14.0, "name": 12.0, "text": 12.0, "small": 11.0, "chip": 10.5, "bad": 11.0}

#: All heights that a wire can run at lie on a lattice: the host's ends at 0, the others' at a third
#: of it, buses at two thirds. So no two wires run in one line by accident.
LATTICE = 15.0
#: From one upright wire to the next.
TRACK = 12.0


def measure(text: str, style: str) -> float:
    """The width of a text."""
    return words.width(text) * SIZES[style] * _COLUMN


class Text(Value):
    """A line of text: `y` is its base line; `x` its beginning, or its end with `at_end`."""

    x: float
    y: float
    text: str
    style: str
    hint: str = ""
    at_end: bool = False

    @property
    def width(self) -> float:
        """How wide it is."""
        return measure(self.text, self.style)


class Rect(Value):
    """A box: `style` names what it is, `colour` is a LAN's number or -1."""

    x: float
    y: float
    width: float
    height: float
    style: str
    colour: int = -1
    hint: str = ""

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def overlaps(self, other: Rect) -> bool:
        """Do they share any area?"""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom


class Box(Mutable, frozen=False):
    """A card drawn: its own rectangle, what is in it, and where its plugs are: `ends` has the
    height of each plug's wire. Coordinates are the card's own until it is placed at `x`, `y`."""

    key: str
    width: float = 0.0
    height: float = 0.0
    x: float = 0.0
    y: float = 0.0
    hint: str = ""
    style: str = "card"
    rects: list[Rect] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    ends: dict[str, float] = field(default_factory=dict)
    #: The plugs whose wires begin at an inner box (a bridge), not at the card's edge.
    inner: set[str] = field(default_factory=set)
    row: int = 0
    column: int = -1

    @property
    def rect(self) -> Rect:
        """Where it is."""
        return Rect(self.x, self.y, self.width, self.height, self.style, hint=self.hint)


class Stroke(Value):
    """A straight line, from left to right or from top to bottom."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def upright(self) -> bool:
        """From top to bottom?"""
        return self.x1 == self.x2


class Cable(Value):
    """What is drawn of a LAN in one style: `style` is that of its wires or ``off``."""

    lan: str
    colour: int
    style: str
    strokes: tuple[Stroke, ...]
    hint: str = ""


class Drawing(Value):
    """The whole, ready to be written down."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    rects: tuple[Rect, ...] = ()
    texts: tuple[Text, ...] = ()
    cables: tuple[Cable, ...] = ()
    sockets: tuple[Rect, ...] = ()
    dots: tuple[tuple[float, float, int], ...] = ()
    arrows: tuple[tuple[Stroke, int], ...] = ()
