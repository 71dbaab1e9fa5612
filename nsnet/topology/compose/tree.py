"""A YAML document as a tree that remembers its lines.

Three kinds of nodes. They are never changed once made: an alias shares its anchor's node.
Scalars keep their text as written, so that ``22:22`` stays a port pair and ``on`` a word;
whoever reads a scalar decides what it must be. (Plain classes: a data class takes half a
millisecond to define, and these are on the way of every command.)
"""

from __future__ import annotations

from collections.abc import Iterator

from .place import Place


class Scalar:
    """One value. ``raw`` is the text before variables were put in, where it had any."""

    __slots__ = ("at", "directive", "null", "raw", "text")

    def __init__(
        self, at: Place, text: str, *, null: bool = False, raw: str = "", directive: str = ""
    ) -> None:
        self.at = at
        self.text = text
        self.null = null
        self.raw = raw
        self.directive = directive

    @property
    def shown(self) -> str:
        """The value as errors quote it, with its unexpanded form where that differs."""
        origin = f' (written "{self.raw[:80]}")' if self.raw else ""
        return f'"{self.text[:80]}"{origin}'


class Items:
    """A list."""

    __slots__ = ("at", "directive", "items")

    def __init__(self, at: Place, items: tuple[Node, ...], directive: str = "") -> None:
        self.at = at
        self.items = items
        self.directive = directive


class Map:
    """A mapping; ``places`` says where each key stands."""

    __slots__ = ("at", "directive", "entries", "places")

    def __init__(
        self,
        at: Place,
        entries: dict[str, Node] | None = None,
        places: dict[str, Place] | None = None,
        directive: str = "",
    ) -> None:
        self.at = at
        self.entries = entries if entries is not None else {}
        self.places = places if places is not None else {}
        self.directive = directive

    def get(self, key: str) -> Node | None:
        """The value of `key`; None when it is absent or null."""
        node = self.entries.get(key)
        return None if node is None or is_null(node) else node

    def place(self, key: str) -> Place:
        """The line of `key`, or that of the mapping when it lacks the key."""
        return self.places.get(key, self.at)

    def children(self, key: str) -> Iterator[tuple[str, Node, Place]]:
        """(name, value, place) of each entry of the mapping under `key`; x- names left out."""
        section = self.get(key)
        if isinstance(section, Map):
            for name, node in section.entries.items():
                if not name.startswith("x-"):
                    yield name, node, section.places[name]

    def replaced(self, entries: dict[str, Node], places: dict[str, Place] | None = None) -> Map:
        """The same mapping with other contents."""
        return Map(self.at, entries, self.places if places is None else places, self.directive)


Node = Scalar | Items | Map


def is_null(node: Node) -> bool:
    """Whether `node` is YAML's null (nothing, ``~`` or ``null`` unquoted)."""
    return isinstance(node, Scalar) and node.null


def kind(node: Node) -> str:
    """What `node` is, in a user's words."""
    if isinstance(node, Scalar):
        return "nothing" if node.null else "a single value"
    return "a list" if isinstance(node, Items) else "a mapping"


def named(item: Scalar) -> tuple[str, Scalar]:
    """``NAME=value`` as a name and its value; a bare ``NAME`` has a null value."""
    name, equals, value = item.text.partition("=")
    return name.strip(), Scalar(item.at, value, null=not equals, raw=item.raw)


def same(a: Node, b: Node) -> bool:
    """Whether two nodes have the same content, wherever they stand."""
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        return (a.text, a.null) == (b.text, b.null)
    if isinstance(a, Items) and isinstance(b, Items):
        return len(a.items) == len(b.items) and all(map(same, a.items, b.items))
    if isinstance(a, Map) and isinstance(b, Map):
        return a.entries.keys() == b.entries.keys() and all(
            same(value, b.entries[key]) for key, value in a.entries.items()
        )
    return False
