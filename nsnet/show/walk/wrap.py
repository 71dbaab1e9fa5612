"""Text in lines of so many columns."""

from __future__ import annotations

import textwrap

from ..fold import columns, fold


def wrapped(text: str, width: int, first: str = "", more: str = "") -> list[str]:
    """`text` in as many lines as it needs; the first begins with `first`, others with `more`."""
    if columns(first + text) != len(first + text):
        return fold(text.split(), first, more, width)
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=more, break_on_hyphens=False
    )
