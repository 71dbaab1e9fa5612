"""Nodes into plain values, as leniently as Compose: 8080, "8080" and yes, on, true alike.

Every function takes the node (or None, for an absent key), the words that name it in an
error, and the list of problems; a node of the wrong kind is noted there and reads as empty.
"""

from __future__ import annotations

from .keys import Table
from .place import Problems, suggestion
from .tree import Items, Map, Node, Scalar, is_null, kind, named

_KIND_WORDS: dict[type[Node], str] = {
    Scalar: "a single value",
    Items: "a list (- item)",
    Map: "a mapping (key: value)",
}
_TRUE = frozenset(("true", "t", "yes", "y", "on", "1"))
_FALSE = frozenset(("false", "f", "no", "n", "off", "0", ""))


def check_keys(node: Map, table: Table, what: str, problems: Problems) -> None:
    """Note every key that `table` does not know, or whose value is of another kind."""
    for key, value in node.entries.items():
        kinds = table.get(key)
        if kinds is None:
            if not key.startswith("x-"):
                cure = suggestion(key, table)
                problems.add(node.places[key], f'{what}: unknown key "{key}": {cure}')
        elif not isinstance(value, kinds) and not is_null(value):
            wanted = " or ".join(_KIND_WORDS[k] for k in kinds)
            problems.add(node.places[key], f"{what}: {key} is {kind(value)}: write {wanted}")


def mapping(node: Node | None, what: str, problems: Problems) -> Map | None:
    """`node` where it is a mapping."""
    if node is None or is_null(node) or isinstance(node, Map):
        return node if isinstance(node, Map) else None
    problems.add(node.at, f"{what} is {kind(node)}: write a mapping (key: value)")
    return None


def text(node: Node | None, what: str, problems: Problems) -> str:
    """A single value's text, without blanks around it; empty when absent or null."""
    if node is None or isinstance(node, Scalar):
        return "" if node is None or node.null else node.text.strip()
    problems.add(node.at, f"{what} is {kind(node)}: write a single value")
    return ""


def flag(node: Node | None, what: str, problems: Problems) -> bool:
    """A switch; false when absent."""
    word = text(node, what, problems).lower()
    if node is not None and word not in _TRUE and word not in _FALSE:
        problems.add(node.at, f'{what}: "{word}" is no switch: write true or false')
    return word in _TRUE


def number(node: Node | None, what: str, problems: Problems, default: int = 0) -> int:
    """A whole number; `default` when absent."""
    word = text(node, what, problems)
    if node is None or is_null(node):
        return default
    try:
        value = float(word)
        if len(word) < 10 and value == int(value):
            return int(value)
    except (ValueError, OverflowError):
        pass
    problems.add(node.at, f'{what}: "{word}" is no whole number: write digits')
    return default


def texts(node: Node | None, what: str, problems: Problems) -> list[Scalar]:
    """The values of a list, or the single one; nulls left out."""
    if node is None or is_null(node):
        return []
    if isinstance(node, Map):
        problems.add(node.at, f"{what} is a mapping: write a list")
        return []
    found = []
    for item in node.items if isinstance(node, Items) else (node,):
        if not isinstance(item, Scalar):
            problems.add(item.at, f"{what}: an item is {kind(item)}: write a single value")
        elif not item.null:
            found.append(item)
    return found


def pairs(node: Node | None, what: str, problems: Problems) -> dict[str, Scalar]:
    """NAME → value of a mapping or of a ``NAME=value`` list; a bare NAME has a null value."""
    if node is None or is_null(node):
        return {}
    if isinstance(node, Map):
        return _mapped(node, what, problems)
    return dict(named(item) for item in texts(node, what, problems))


def _mapped(node: Map, what: str, problems: Problems) -> dict[str, Scalar]:
    found = {}
    for name, value in node.entries.items():
        if isinstance(value, Scalar):
            found[name] = value
        else:
            problems.add(value.at, f"{what}: {name} is {kind(value)}: write a single value")
    return found


def constants(node: Node | None, what: str, problems: Problems) -> tuple[tuple[str, str], ...]:
    """`pairs` as the model keeps them: text to text, a missing value being empty."""
    found = pairs(node, what, problems)
    return tuple((name, "" if v.null else v.text) for name, v in found.items())


def unique(node: Node | None, what: str, problems: Problems) -> tuple[str, ...]:
    """`texts` without repetitions and empties, in order."""
    words = (item.text.strip() for item in texts(node, what, problems))
    return tuple(dict.fromkeys(word for word in words if word))
