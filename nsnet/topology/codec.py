"""Layouts and topologies as plain JSON values and back, for the state under /run/nsnet."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def plain(value: Any) -> Any:
    """`value` in dicts, lists, texts and numbers; fields at their default are left out."""
    kind = typing.cast(Hashable, type(value))
    if is_dataclass(kind):
        return {
            name: plain(getattr(value, name))
            for name, default in _defaults(kind)
            if getattr(value, name) != default
        }
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def restore(kind: type[T], data: Any) -> T:
    """The value of dataclass `kind` that `plain` turned into `data`.

    Raises ValueError, TypeError or KeyError if it is not such data.
    """
    hints = _hints(typing.cast(Hashable, kind))
    return kind(**{name: _value(hints[name], each) for name, each in data.items()})


def _value(hint: Any, data: Any) -> Any:
    if is_dataclass(hint):
        return restore(typing.cast(type, hint), data)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_value(parts[0], each) for each in data)
        return tuple(_value(part, each) for part, each in zip(parts, data, strict=True))
    if origin in (typing.Union, types.UnionType):
        return None if data is None else _value(parts[0], data)
    return data


@functools.cache
def _defaults(kind: Hashable) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, f.default) for f in fields(typing.cast(Any, kind)))


@functools.cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(kind)
