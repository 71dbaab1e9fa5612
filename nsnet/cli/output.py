"""Printing: text whose colours go where they are not wanted, and JSON."""

from __future__ import annotations

import sys

import click


def say(text: str) -> None:
    """Print `text` on stdout. Where the terminal's encoding lacks a character (the branches
    of a tree in the C locale), something plain stands in."""
    encoding = (getattr(sys.stdout, "encoding", "") or "utf-8").lower()
    if not encoding.startswith("utf"):
        plain = text.translate({ord(c): s for c, s in _PLAIN.items()})
        text = plain.encode(encoding, "replace").decode(encoding)
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

    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
