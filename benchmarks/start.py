"""Whole programs, cold: from the key press to the prompt, beside the start of python3 alone."""

from __future__ import annotations

from collections.abc import Iterator

from .figures import Figure
from .place import ROOT, python, settle
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

#: A whole program of the API, with a limit for it in ms.
_TOUR = ("examples/tour.py", 1500)
_PROGRAM = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
runpy.run_path({str(ROOT / _TOUR[0])!r})
"""


def run(rounds: int) -> Iterator[Figure]:
    """Every command in both ways."""
    samples: dict[str, list[float]] = {}
    bare, tour = list[float](), list[float]()
    for _ in range(rounds or _ROUNDS):
        bare.append(timed(*python("-c", "")))
        tour.append(timed(*python("-c", _PROGRAM)))
        for way, start in WAYS.items():
            for name, (words, _) in COMMANDS.items():
                samples.setdefault(f"{way} {name}", []).append(timed(*start, *words))
            settle()
    yield Figure(_TOUR[0], tour, "python3", bare, at_most=_TOUR[1])
    limits = [limit for _ in WAYS for _, limit in COMMANDS.values()]
    for (what, ours), limit in zip(samples.items(), limits, strict=True):
        yield Figure(what, ours, "python3", bare, at_most=limit)
