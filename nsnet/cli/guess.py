"""What a mistyped name was meant to be."""

from __future__ import annotations

from collections.abc import Iterable


def meant(typed: str, known: Iterable[str]) -> str:
    """``did you mean web?``, or "" where nothing comes close."""
    from difflib import get_close_matches

    near = get_close_matches(typed, list(dict.fromkeys(known)), n=2, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else ""
