"""What a question or a command is given, checked before it is on its way: places, times, words.
What cannot be meant raises `KernelError` in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..kernel.errors import KernelError
from ..topology.model import TopologyError
from . import given, wish

#: Seconds: longer than anybody waits, and short enough for the kernel.
_LONGEST = 1e6


def seconds(value: Any) -> float:
    """A time to wait."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LONGEST:
        return value
    raise KernelError(f"timeout {given.shown(value)}", "write seconds, as 0.5")


def number(what: str, value: Any) -> float:
    """A number of something."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LONGEST:
        return value
    raise KernelError(f"{what} {given.shown(value)}", "write a number")


def place(value: Any) -> Any:
    """Something with a name in a lab, or a text that names or addresses something."""
    if isinstance(value, str) and value.isprintable():
        return str.__str__(value)
    if type(value).__module__ == "ipaddress":
        return str(value)
    if hasattr(value, "_machine") and hasattr(value, "_check_up"):
        return value
    cure = "name a container, lab.host, lab.outside, or write a text"
    raise KernelError(f"{given.shown(value)} is no place", cure)


def several(value: Any) -> tuple[Any, ...]:
    """One or several."""
    with _one_line():
        return given.several("places", value, "name one, or a list of them")


def text(what: str, value: Any, cure: str) -> str:
    """A line of text."""
    if isinstance(value, str) and value.isprintable() and value:
        return str.__str__(value)
    raise KernelError(f"{what} {given.shown(value)}", cure)


def argv(place: str, value: tuple[Any, ...]) -> tuple[str, ...]:
    """The words of a command."""
    with _one_line():
        return tuple(given.word(f"{place}: command", each) for each in value)


def environment(place: str, value: Any) -> dict[str, str]:
    """Variables for a command, as `Lab.container` takes them."""
    with _one_line():
        return dict(wish.environment(place, value))


def folder(value: Any) -> str:
    """A working directory; "" for none."""
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    return "" if path in (None, "") else text("cwd", path, "write a path")


def data(value: Any) -> bytes:
    """What a command reads."""
    if value is None or isinstance(value, str):
        return (value or "").encode(errors="surrogatepass")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise KernelError(f"input {given.shown(value)}", "give a text or bytes")


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except TopologyError as error:
        raise KernelError(str(error)) from None
