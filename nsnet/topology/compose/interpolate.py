"""Variables into a whole tree: every value, never a key."""

from __future__ import annotations

from .place import Problems
from .substitute import TemplateError, Variables, substitute
from .tree import Items, Node, Scalar


def interpolate(node: Node, variables: Variables, problems: Problems) -> Node:
    """`node` with its variables replaced; a subtree without any is shared, not copied."""
    if isinstance(node, Scalar):
        return _scalar(node, variables, problems) if "$" in node.text else node
    if isinstance(node, Items):
        items = tuple(interpolate(item, variables, problems) for item in node.items)
        changed = any(new is not old for new, old in zip(items, node.items, strict=True))
        return Items(node.at, items, node.directive) if changed else node
    entries = {key: interpolate(value, variables, problems) for key, value in node.entries.items()}
    if all(entries[key] is value for key, value in node.entries.items()):
        return node
    return node.replaced(entries)


def _scalar(node: Scalar, variables: Variables, problems: Problems) -> Scalar:
    try:
        text = substitute(node.text, variables)
    except TemplateError as error:
        problems.add(node.at, f'variable in "{node.text[:80]}": {error}')
        return node
    return Scalar(node.at, text, null=node.null, raw=node.text, directive=node.directive)
