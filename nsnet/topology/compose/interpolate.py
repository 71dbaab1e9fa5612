"""Variables into a whole tree: every value, never a key."""

from __future__ import annotations

from .place import Problems
from .substitute import TemplateError, Variables, substitute
from .tree import Items, Map, Node, Scalar


def interpolate_map(node: Map, variables: Variables, problems: Problems) -> Map:
    """`node` with its variables replaced; what holds none is shared, not copied."""
    entries = {key: _any(value, variables, problems) for key, value in node.entries.items()}
    if all(entries[key] is value for key, value in node.entries.items()):
        return node
    return node.replaced(entries)


def interpolate(node: Scalar, variables: Variables, problems: Problems) -> Scalar:
    """`node` with its variables replaced; what cannot be is noted, and stays."""
    if "$" not in node.text:
        return node
    try:
        text = substitute(node.text, variables)
    except TemplateError as error:
        problems.add(node.at, f'variable in "{node.text[:80]}": {error}')
        return node
    return Scalar(node.at, text, null=node.null, raw=node.text, directive=node.directive)


def _any(node: Node, variables: Variables, problems: Problems) -> Node:
    if isinstance(node, Scalar):
        return interpolate(node, variables, problems)
    if isinstance(node, Map):
        return interpolate_map(node, variables, problems)
    items = tuple(_any(item, variables, problems) for item in node.items)
    changed = any(new is not old for new, old in zip(items, node.items, strict=True))
    return Items(node.at, items, node.directive) if changed else node
