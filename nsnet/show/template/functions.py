"""The functions of a template: Go's own, and those that Docker adds (``json``, ``join`` …)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from . import printing
from .values import MISSING, Keyed, Struct, Texts, kind, true


class Function(NamedTuple):
    """What to call, with arguments of which types; `more` is the type of any further ones."""

    call: Callable[..., object]
    types: tuple[str, ...]
    more: str = ""


class Failed(Exception):
    """A function's own error."""


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    return "string" if isinstance(value, str) else ""


def _equal(first: object, *others: object) -> bool:
    if not others:
        raise Failed("missing argument for comparison")
    found = [_same(first, each) for each in others]  # all are looked at: one may be an error
    return any(found)


def _same(one: object, other: object) -> bool:
    if one in (None, MISSING) or other in (None, MISSING):
        return one in (None, MISSING) and other in (None, MISSING)
    for each in (one, other):
        if isinstance(each, list | dict) and not isinstance(each, Struct):
            raise Failed(f"non-comparable type {printing.text(each)}: {kind(each)}")
    if _kind(one) != _kind(other):
        raise Failed("incompatible types for comparison")
    return one == other


def _less(one: object, other: object) -> bool:
    for each in (one, other):
        if _kind(each) in ("", "bool"):
            raise Failed("invalid type for comparison")
    if _kind(one) != _kind(other):
        raise Failed("incompatible types for comparison")
    return one < other  # type: ignore[operator, no-any-return]


def _index(item: object, *keys: object) -> object:
    if item is None or item is MISSING:
        raise Failed("index of untyped nil")
    for key in keys:
        if item is None or item is MISSING:
            raise Failed("index of nil pointer")
        item = _at(item, key)
    return item


def _at(item: object, key: object) -> object:
    if isinstance(item, Struct) or not isinstance(item, list | str | Mapping):
        raise Failed(f"can't index item of type {kind(item)}")
    if isinstance(item, Mapping):
        if not isinstance(key, str):
            raise Failed(f"value has type {kind(key)}; should be string")
        if isinstance(item, Keyed):
            raise Failed("value has type string; should be nat.Port")
        return item.get(key, "" if isinstance(item, Texts) else None)
    number = _position(item, key)
    if number >= len(item):
        raise Failed(f"index out of range: {number}")
    return item[number] if isinstance(item, list) else item.encode()[number]


def _position(item: list[object] | str, key: object) -> int:
    if key is None or key is MISSING:
        raise Failed("cannot index slice/array with nil")
    if not isinstance(key, int) or isinstance(key, bool):
        raise Failed(f"cannot index slice/array with type {kind(key)}")
    if not 0 <= key <= len(item):
        raise Failed(f"index out of range: {key}")
    return key


def _slice(item: object, *keys: object) -> object:
    if item is None or item is MISSING:
        raise Failed("slice of untyped nil")
    if len(keys) > 3:
        raise Failed(f"too many slice indexes: {len(keys)}")
    if not isinstance(item, list | str):
        raise Failed(f"can't slice item of type {kind(item)}")
    places = [_position(item, key) for key in keys]
    if len(places) > 1 and places[0] > places[1]:
        raise Failed(f"invalid slice index: {places[0]} > {places[1]}")
    first, last = (*places[:2], len(item))[:2] if places else (0, len(item))
    return item[first:last]


def _len(item: object) -> int:
    if item is None or item is MISSING:
        raise Failed("reflect: call of reflect.Value.Type on zero Value")
    if isinstance(item, Struct) or not isinstance(item, list | str | Mapping):
        raise Failed(f"len of type {kind(item)}")
    return len(item.encode()) if isinstance(item, str) else len(item)


def _title(text: str) -> str:
    return "".join(
        c.upper() if not n or not (text[n - 1].isalnum() or text[n - 1] == "_") else c
        for n, c in enumerate(text)
    )


def _pad(text: str, before: int, after: int) -> str:
    return " " * before + text + " " * after if text else text


def _truncate(text: str, size: int) -> str:
    """Docker counts bytes."""
    return text.encode()[:size].decode(errors="replace")


def _html(*values: object) -> str:
    table = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\0": "\ufffd"}
    return "".join(table.get(c, c) for c in printing.spaced(values))


def _js(*values: object) -> str:
    table = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E"}
    table |= {"&": "\\u0026", "=": "\\u003D"}
    return "".join(table.get(c, c) for c in printing.spaced(values))


def _urlquery(*values: object) -> str:
    from urllib.parse import quote_plus

    return quote_plus(printing.spaced(values))


def _call(function: object, *_: object) -> object:
    if function is None:
        raise Failed("call of nil")
    raise Failed(f"non-function of type {kind(function)}")


FUNCTIONS: dict[str, Function] = {
    "and": Function(
        lambda first, *more: next((x for x in (first, *more) if not true(x)), (first, *more)[-1]),
        ("any",),
        "any",
    ),
    "or": Function(
        lambda first, *more: next((x for x in (first, *more) if true(x)), (first, *more)[-1]),
        ("any",),
        "any",
    ),
    "not": Function(lambda value: not true(value), ("any",)),
    "eq": Function(_equal, ("any",), "any"),
    "ne": Function(lambda a, b: not _same(a, b), ("any", "any")),
    "lt": Function(_less, ("any", "any")),
    "le": Function(lambda a, b: _less(a, b) or _same(a, b), ("any", "any")),
    "gt": Function(lambda a, b: not (_less(a, b) or _same(a, b)), ("any", "any")),
    "ge": Function(lambda a, b: not _less(a, b), ("any", "any")),
    "index": Function(_index, ("any",), "any"),
    "slice": Function(_slice, ("any",), "any"),
    "len": Function(_len, ("any",)),
    "print": Function(lambda *values: printing.spaced(values), (), "any"),
    "println": Function(lambda *values: printing.lined(values), (), "any"),
    "printf": Function(lambda form, *values: printing.formatted(form, values), ("string",), "any"),
    "html": Function(_html, (), "any"),
    "js": Function(_js, (), "any"),
    "urlquery": Function(_urlquery, (), "any"),
    "call": Function(_call, ("any",), "any"),
    "json": Function(printing.quoted, ("any",)),
    "join": Function(lambda parts, by: by.join(parts), ("[]string", "string")),
    "split": Function(lambda text, by: text.split(by) if by else list(text), ("string", "string")),
    "lower": Function(str.lower, ("string",)),
    "upper": Function(str.upper, ("string",)),
    "title": Function(_title, ("string",)),
    "pad": Function(_pad, ("string", "int", "int")),
    "truncate": Function(_truncate, ("string", "int")),
}

__all__ = ["FUNCTIONS", "Failed", "Function"]
