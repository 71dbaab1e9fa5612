"""Values as Go has them: what JSON cannot tell apart prints differently in a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class Struct(dict[str, Any]):
    """A Go struct: prints ``{a b}``; a field that it does not have is an error.

    `kind` is its type in errors. A function among the values is a method.
    """

    kind = "struct"


class NoList(list[Any]):
    """A nil slice: ``[]`` when printed, null in JSON."""


class NoMap(dict[str, Any]):
    """A nil map: ``map[]`` when printed, null in JSON."""


class Texts(dict[str, str]):
    """A map of strings: `index` gives "" for a key that is not there."""


class Keyed(dict[str, Any]):
    """A map whose keys are no plain strings (Docker's ports): `index` does not take one."""


class Number(str):
    """A number in JSON read as plain data (Go's json.Number, a kind of string)."""


class Missing:
    """Nothing at all; prints ``<no value>``."""


class Hidden:
    """An empty field that JSON leaves out; `shown` is what it prints."""

    def __init__(self, shown: str) -> None:
        self.shown = shown


MISSING = Missing()
HIDDEN = Hidden("<nil>")

Method = Callable[..., object]


def as_json(value: object) -> object:
    """Plain data for `json.dumps`: a struct in its own order, a map sorted (as Go writes it)."""
    if isinstance(value, NoList | NoMap | Missing):
        return None
    if isinstance(value, Mapping):
        order = value if isinstance(value, Struct) else sorted(value)
        return {key: as_json(value[key]) for key in order if not _unseen(value[key])}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if isinstance(value, Number):
        return float(value) if "." in value else int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def raw(value: object) -> object:
    """`value` as it comes out of JSON again, numbers kept as their text."""
    if isinstance(value, NoList | NoMap):
        return None
    if isinstance(value, Mapping):
        return {key: raw(each) for key, each in value.items() if not _unseen(each)}
    if isinstance(value, list | tuple):
        return [raw(each) for each in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Number(value)
    return value


def _unseen(value: object) -> bool:
    return callable(value) or isinstance(value, Hidden)


def kind(value: object) -> str:
    """The Go type of a value, in errors."""
    if isinstance(value, Struct):
        return value.kind
    if isinstance(value, Number):
        return "json.Number"
    names = {bool: "bool", int: "int", float: "float64", str: "string"}
    if type(value) in names:
        return names[type(value)]
    if isinstance(value, list):
        return "[]interface {}"
    return "map[string]interface {}" if isinstance(value, dict) else "interface {}"


def true(value: object) -> bool:
    """Does `if` take it for true? A struct is, however empty."""
    return isinstance(value, Struct) or (not isinstance(value, Missing | Hidden) and bool(value))
