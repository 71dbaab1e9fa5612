"""Plain text as Markdown."""

from __future__ import annotations

import re

GENERATED = "<!-- Written by scripts/generate: change the sources instead. -->"


def plain(text: str) -> str:
    """`text` with its backticks, and with nothing else that Markdown or HTML would understand."""
    parts = re.split(r"(`[^`]+`)", text)
    parts[::2] = [_escaped(each) for each in parts[::2]]
    return "".join(parts)


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_\[\]])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
