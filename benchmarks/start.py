"""Whole commands, cold: from the key press to the prompt, beside the start of python3 alone."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import Figure
from .place import python, settle
from .program import WAYS, timed

_ROUNDS = 21
_DEMO = "bridge-demo"

#: In the order in which they are run; name → (words, limit in ms or None).
COMMANDS: dict[str, tuple[tuple[str, ...], float | None]] = {
    "--help": (("--help",), 120),
    f"up {_DEMO}": (("up", _DEMO), 200),
    "ps": (("ps",), 130),
    "exec alpine1 -- true": (("exec", "alpine1", "--", "true"), None),
    f"up {_DEMO} again": (("up", _DEMO), None),
    f"down {_DEMO}": (("down", _DEMO), None),
}


def run(rounds: int) -> Iterator[Figure]:
    """Every command in both ways."""
    samples: dict[str, list[float]] = {}
    bare: list[float] = []
    for _ in range(rounds or _ROUNDS):
        bare.append(timed(*python("-c", "")))
        for way, start in WAYS.items():
            for name, (words, _) in COMMANDS.items():
                samples.setdefault(f"{way} {name}", []).append(timed(*start, *words))
            settle()
    limits = [limit for _ in WAYS for _, limit in COMMANDS.values()]
    for (what, ours), limit in zip(samples.items(), limits, strict=True):
        yield Figure(what, ours, "python3", bare, at_most=limit)
