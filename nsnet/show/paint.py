"""Colours by role (ECMA-48 SGR). Whoever prints takes them out where they are not wanted."""

from __future__ import annotations


def _sgr(code: str, text: str) -> str:
    return f"\033[{code}m{text}\033[0m" if text else text


def heading(text: str) -> str:
    """The title of a part."""
    return _sgr("1", text)


def name(text: str) -> str:
    """Something the user has named: a container, a network."""
    return _sgr("36", text)


def command(text: str) -> str:
    """Something to type."""
    return _sgr("32", text)


def faint(text: str) -> str:
    """What may be passed over."""
    return _sgr("2", text)


_SIGNS = {"+": "32", "~": "33", "-": "31"}


def sign(text: str) -> str:
    """The sign of a change: + green, ~ yellow, - red."""
    return coloured(text, text)


#: How what has moved begins.
MOVED = "\033[7m"


def moved(text: str) -> str:
    """What has changed since the last look."""
    return _sgr("7", text)


def good(text: str) -> str:
    """What works."""
    return _sgr("32", text)


def bad(text: str) -> str:
    """What does not."""
    return _sgr("31", text)


def doubtful(text: str) -> str:
    """What works in part, or cannot be told."""
    return _sgr("33", text)


def coloured(text: str, role: str) -> str:
    """A mark in the colour of a `sign`: + green, ~ yellow, - red, anything else none."""
    return f"\033[1;{_SIGNS[role]}m{text}\033[0m" if role in _SIGNS else text
