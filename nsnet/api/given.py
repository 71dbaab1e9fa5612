"""What a caller gave, as the texts that a topology is made of.

A program computes its words: they come as a list here and a mapping there, as numbers, as the
objects of `ipaddress`, or as None for "not given". What can only mean one thing is taken; anything
else raises `TopologyError` in one line, never Python's own words about our insides.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Mapping
from typing import Any

from ..topology.model import TopologyError

_MOST = 40


def shown(value: object) -> str:
    """A value as an error names it: on one line, and not too long."""
    if isinstance(value, str) and value.isprintable() and len(value) <= 2 * _MOST:
        return f'"{value}"'
    told = " ".join(repr(value).split())
    return told if len(told) <= _MOST else f"{told[: _MOST - 1]}…"


def text(what: str, value: object, cure: str = "write a text", default: str = "") -> str:
    """One line of text; `default` for None."""
    return default if value is None else line(what, value, cure)


def line(what: str, value: object, cure: str) -> str:
    """One line of text, or one of the objects of `ipaddress`."""
    if isinstance(value, str) and value.isprintable():
        return str.__str__(value)
    if type(value).__module__ == "ipaddress":
        return str(value)
    raise TopologyError(f"{what} {shown(value)}: {cure}")


def called(value: object) -> str:
    """What is looked for by its name: a text, or what can be the name of nothing."""
    return value if isinstance(value, str) and value.isprintable() else shown(value)


def word(what: str, value: object) -> str:
    """A word of a command or a value of a variable: any text that the kernel takes there (no
    zero byte in it), a number, a path."""
    found = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(found, str) and "\0" not in found:
        return str.__str__(found)
    if isinstance(found, int | float):
        return str(found)
    raise TopologyError(f"{what} {shown(value)}: write a text or a number")


def several(what: str, value: object, cure: str) -> tuple[Any, ...]:
    """One thing or several, as several; none for None."""
    if value is None:
        return ()
    if isinstance(value, bytes | Mapping):
        raise TopologyError(f"{what} {shown(value)}: {cure}")
    if isinstance(value, str) or type(value).__module__ == "ipaddress":
        return (value,)
    return tuple(value) if isinstance(value, Iterable) else (value,)


def texts(what: str, value: object, cure: str) -> tuple[str, ...]:
    """One line of text or several, each once."""
    found = (line(what, each, cure) for each in several(what, value, cure))
    return tuple(dict.fromkeys(found))


def numbers(what: str, value: object, cure: str) -> tuple[str, ...]:
    """Lines of text of which some may be whole numbers, as ports are."""
    found = (_whole(each) or each for each in several(what, value, cure))
    return tuple(dict.fromkeys(line(what, each, cure) for each in found))


def whole(what: str, value: object, default: int) -> int:
    """A whole number, also as text; `default` for None."""
    if value is None:
        return default
    digits = value if isinstance(value, str) else _whole(value)
    if digits.isascii() and digits.removeprefix("-").isdigit():
        return int(digits)
    raise TopologyError(f"{what} {shown(value)}: write a whole number")


def flag(what: str, value: object) -> bool:
    """Yes or no; no for None."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise TopologyError(f"{what} {shown(value)}: write True or False")


def pairs(what: str, value: object, cure: str, signs: str = "=") -> list[tuple[str, Any]]:
    """A mapping, or texts as Docker's options and Compose's lists have them: ``"NAME=VALUE"``,
    with the first of `signs` that is in there. A name alone has the value None."""
    if isinstance(value, Mapping):
        return [(_name(what, key, cure), each) for key, each in value.items()]
    found: list[tuple[str, Any]] = []
    for each in several(what, value, cure):
        whole = word(what, each) if isinstance(each, str) else line(what, each, cure)
        at = min((n for sign in signs if (n := whole.find(sign)) >= 0), default=len(whole))
        found.append((_name(what, whole[:at], cure), whole[at + 1 :] if at < len(whole) else None))
    return found


def _name(what: str, key: object, cure: str) -> str:
    name = line(what, key, cure).strip()
    if not name or any(c.isspace() or c == "=" for c in name):
        raise TopologyError(f"{what} {shown(key)}: {cure}")
    return name


def _whole(value: object) -> str:
    """A whole number's digits (numpy's are such, too); "" for anything else."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return ""
    return str(operator.index(value))
