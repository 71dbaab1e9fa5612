"""``--filter KEY=VALUE``, as the lists of docker understand it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from .book import Book

T = TypeVar("T")
Test = Callable[[T], bool]
Makers = Mapping[str, Callable[[Book, str], Test[T]]]


class BadFilter(Exception):
    """A filter that there is not, or a value that it does not have."""

    exit_code = 1


def test_of(book: Book, filters: Iterable[tuple[str, str]], known: Makers[T]) -> Test[T]:
    """Whether something has what the `filters` name: of each key one of the values, but all of
    the labels. Raises `BadFilter`."""
    groups: dict[str, list[Test[T]]] = {}
    for number, (key, value) in enumerate(filters):
        if key not in known:
            hint = ": there are no images here" if key == "ancestor" else ""
            raise BadFilter(f"Invalid filter '{key}'{hint} (known are {', '.join(known)})")
        group = f"label {number}" if key == "label" else key
        groups.setdefault(group, []).append(known[key](book, value))
    return lambda thing: all(any(test(thing) for test in group) for group in groups.values())


def has_label(labels: Iterable[tuple[str, str]], text: str) -> bool:
    """Is there a label ``NAME`` or ``NAME=VALUE``?"""
    name, equals, value = text.partition("=")
    known = dict(labels)
    return name in known and (not equals or known[name] == value)
