"""Layouts and topologies as plain JSON values and back, for the state under /run/nsnet.

How a type is read and written is found out once for each type; every command that looks at the
state comes through here.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Hashable

from ..value import Value, described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")

    #: What makes a value of what JSON gave; None where JSON's own will do.
    _Reader = Callable[[Any], Any] | None

_ATOMS = frozenset((str, int, float, bool, type(None)))


def plain(value: Any) -> Any:
    """`value` in dicts, lists, texts and numbers; fields at their default are left out."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is tuple or kind is list:
        return [plain(each) for each in value]
    return {
        name: plain(each)
        for name, default in _defaults(kind)  # type: ignore[arg-type]
        if (each := getattr(value, name)) is not default and each != default
    }


def restore(kind: type[T], data: Any) -> T:
    """The value of dataclass (or `Value`) `kind` that `plain` turned into `data`.

    Raises ValueError, TypeError or KeyError if it is not such data.
    """
    readers = _readers(kind)  # type: ignore[arg-type]
    return kind(
        **{name: read(each) if (read := readers[name]) else each for name, each in data.items()}
    )


@functools.cache
def _defaults(kind: Hashable) -> tuple[tuple[str, Any], ...]:
    return tuple((name, default) for name, _, default in _described(kind))


@functools.cache
def _readers(kind: Hashable) -> dict[str, _Reader]:
    """The readers of the fields of `kind`."""
    module = kind.__module__
    return {name: _reader(_hint(hint, module)) for name, hint, _ in _described(kind)}


def _described(kind: Hashable) -> list[tuple[str, str, Any]]:
    """The fields of a `Value` or of a dataclass: name, annotation, default."""
    if isinstance(kind, type) and issubclass(kind, Value):
        return described(kind)
    from dataclasses import fields

    return [(f.name, str(f.type), f.default) for f in fields(kind)]  # type: ignore[arg-type]


@functools.cache
def _hint(words: str, module: str) -> Any:
    """The type that an annotation means. (`typing.get_type_hints` would compile the same few
    words for every field: a millisecond or two of every command.)"""
    return eval(words, vars(sys.modules[module]))


@functools.cache
def _reader(hint: Any) -> _Reader:
    if isinstance(hint, type) and (
        issubclass(hint, Value) or hasattr(hint, "__dataclass_fields__")
    ):
        return functools.partial(restore, hint)
    origin = getattr(hint, "__origin__", None)
    parts: Any = getattr(hint, "__args__", ())
    if origin is tuple and parts[-1] is Ellipsis:
        return _reader_of_many(_reader(parts[0]))
    if origin is tuple:
        return functools.partial(_read_each, tuple(map(_reader, parts)))
    if isinstance(hint, types.UnionType):
        return _reader_of_maybe(_reader(parts[0]))
    return None


def _reader_of_many(read: _Reader) -> _Reader:
    return (lambda data: tuple(map(read, data))) if read else tuple


def _read_each(readers: tuple[_Reader, ...], data: Any) -> Any:
    return tuple(read(x) if read else x for read, x in zip(readers, data, strict=True))


def _reader_of_maybe(read: _Reader) -> _Reader:
    return (lambda data: None if data is None else read(data)) if read else None
