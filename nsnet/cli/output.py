"""Printing: text whose colours go where they are not wanted, and JSON."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Print `text` on stdout. Where the terminal's encoding lacks a character (the branches
    of a tree in the C locale), something plain stands in."""
    encoding = (getattr(sys.stdout, "encoding", "") or "utf-8").lower()
    if not encoding.startswith("utf"):
        plain = text.translate({ord(c): s for c, s in _PLAIN.items()})
        text = plain.encode(encoding, "replace").decode(encoding)
    _print(text)


def _print(text: str) -> None:
    """As `click.echo`, which takes colours out where they are not wanted; it is not imported
    for a text that has none."""
    if "\033" not in text:
        print(text, flush=True)
        return
    import click

    click.echo(text)


_PLAIN = {
    "├": "|",
    "└": "`",
    "─": "-",
    "│": "|",
    "…": "...",
    "→": "->",
    "·": ".",
    "█": "#",
    "✓": "+",
    "✗": "x",
}


def say_json(value: object) -> None:
    """Print `value` as JSON, with two blanks of indentation."""
    import json

    _print(json.dumps(value, indent=2, ensure_ascii=False))
