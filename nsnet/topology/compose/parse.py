"""YAML text into trees, by the event stream of PyYAML.

Events rather than PyYAML's own nodes: they can be folded without recursion, so that depth
and the growth by aliases are bounded before they cost anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .place import Place, Problems, Source
from .tree import Items, Map, Node, Scalar, is_null

if TYPE_CHECKING:
    import yaml

#: Nothing that a person writes is deeper; the walkers of the tree may recurse safely.
MAX_DEPTH = 60
#: Nodes after every alias is spelt out. A few lines of nested aliases can mean billions.
MAX_NODES = 250_000

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_DIRECTIVES = frozenset(("!reset", "!override"))
_NULL_TAG = "tag:yaml.org,2002:null"


class _Refused(Exception):
    """The text cannot be a compose file; the problem has been noted."""


class _Weighed(NamedTuple):
    """A finished node with its size and height after all aliases are spelt out."""

    node: Node
    size: int = 1
    height: int = 1


class _Frame:
    """A list or mapping that is still open."""

    __slots__ = ("anchor", "at", "children", "directive", "height", "is_map", "size")

    def __init__(self, at: Place, is_map: bool, anchor: str | None, directive: str) -> None:
        self.at = at
        self.is_map = is_map
        self.anchor = anchor
        self.directive = directive
        self.children: list[Node] = []
        self.size = 1
        self.height = 0

    def take(self, child: _Weighed) -> None:
        self.children.append(child.node)
        self.size += child.size
        self.height = max(self.height, child.height)


def parse(text: str, source: Source, problems: Problems) -> list[Node]:
    """The documents of `text`. What is wrong goes to `problems`, and yields no document."""
    import yaml

    try:
        return _Folder(source, problems).fold(text)
    except yaml.YAMLError as error:
        problems.add(Place(source, _line(error)), f"not YAML: {_reason(error)}")
    except _Refused:
        pass
    return []


def _line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else 1


def _reason(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    if "cannot start any token" in problem or "tab" in problem:
        problem += " (tabs do not indent: use spaces)"
    if "mapping values are not allowed" in problem:
        problem += " (check the indentation, or quote a text that contains ': ')"
    return str(problem)


class _Folder:
    """Folds the events of one file into trees."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.documents: list[Node] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, _Weighed] = {}

    def fold(self, text: str) -> list[Node]:
        """All documents of `text`."""
        import yaml

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        scalar, alias = yaml.ScalarEvent, yaml.AliasEvent
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, scalar):
                self._scalar(event)
            elif isinstance(event, alias):
                self._alias(event)
            elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                self._open(event, isinstance(event, yaml.MappingStartEvent))
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                self._close()
            elif isinstance(event, yaml.DocumentStartEvent):
                self.anchors.clear()
        return self.documents

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.source, mark.line + 1 if mark else 1)

    def _refuse(self, at: Place, text: str) -> _Refused:
        self.problems.add(at, text)
        return _Refused()

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if "\0" in event.value:
            raise self._refuse(self._place(event), 'a value holds "\\0": remove it')
        plain_null = not event.style and event.tag is None and event.value in _NULLS
        node = Scalar(
            self._place(event),
            event.value,
            null=plain_null or event.tag == _NULL_TAG,
            directive=_directive(event.tag),
        )
        self._done(_Weighed(node), event.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        weighed = self.anchors.get(event.anchor or "")
        if weighed is None:
            inside = any(frame.anchor == event.anchor for frame in self.stack)
            why = "stands inside itself" if inside else f"no &{event.anchor} stands above it"
            raise self._refuse(self._place(event), f"alias *{event.anchor}: {why}: name another")
        self._done(weighed, None)

    def _open(self, event: yaml.CollectionStartEvent, is_map: bool) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise self._refuse(self._place(event), f"nested deeper than {MAX_DEPTH}: flatten it")
        frame = _Frame(self._place(event), is_map, event.anchor, _directive(event.tag))
        self.stack.append(frame)

    def _close(self) -> None:
        frame = self.stack.pop()
        node = self._mapping(frame) if frame.is_map else self._list(frame)
        self._done(_Weighed(node, frame.size, frame.height + 1), frame.anchor)

    def _done(self, weighed: _Weighed, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = weighed
        if not self.stack:
            self.documents.append(weighed.node)
            return
        frame = self.stack[-1]
        frame.take(weighed)
        if frame.size > MAX_NODES or len(self.stack) + frame.height > MAX_DEPTH:
            limit = f"more than {MAX_NODES} values, or {MAX_DEPTH} deep"
            raise self._refuse(frame.at, f"with its aliases spelt out it is {limit}: split it up")

    @staticmethod
    def _list(frame: _Frame) -> Items:
        return Items(frame.at, tuple(frame.children), frame.directive)

    def _mapping(self, frame: _Frame) -> Map:
        own = Map(frame.at, {}, {}, frame.directive)
        merged: list[Map] = []
        for key, value in zip(frame.children[::2], frame.children[1::2], strict=True):
            if not isinstance(key, Scalar) or key.null:
                self.problems.add(key.at, "a key must be a word: write text before the colon")
            elif key.text == "<<":
                merged += self._merged(key, value)
            elif key.text in own.entries:
                first = own.places[key.text].line
                text = f'key "{key.text}" stands twice (first in line {first}): keep one'
                self.problems.add(key.at, text)
            else:
                own.entries[key.text] = value
                own.places[key.text] = key.at
        return _overlaid(own, merged) if merged else own

    def _merged(self, key: Scalar, value: Node) -> list[Map]:
        parts = value.items if isinstance(value, Items) else (value,)
        if is_null(value):
            return []
        for part in parts:
            if not isinstance(part, Map):
                self.problems.add(key.at, "<<: merges mappings only: write <<: *anchor")
        return [part for part in parts if isinstance(part, Map)]


def _directive(tag: str | None) -> str:
    return tag if tag in _DIRECTIVES else ""


def _overlaid(own: Map, merged: list[Map]) -> Map:
    """`own` over the mappings that its ``<<`` names; of those an earlier one wins."""
    entries: dict[str, Node] = {}
    places: dict[str, Place] = {}
    for part in [*reversed(merged), own]:
        entries |= part.entries
        places |= part.places
    return own.replaced(entries, places)
