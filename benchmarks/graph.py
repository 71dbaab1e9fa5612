"""`nsnet graph` of 100 containers, as a whole program, beside iproute2 reading the same interfaces
and addresses of the same namespaces (without routes, rules, names, or a picture)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from nsnet.engine.engine import Engine

from .figures import Figure
from .networks import NAME, bridge
from .place import settle
from .program import WAYS, timed

_ROUNDS = 15
_COUNT = 100
_LIMIT = 500  # ms
_YARDSTICK = ("ip", "-all", "netns", "exec", "ip", "-j", "-d", "address")


def run(rounds: int) -> Iterator[Figure]:
    """Text and SVG."""
    engine = Engine()
    engine.up(bridge(_COUNT))
    samples: dict[str, list[float]] = {"text": [], "svg": []}
    theirs: list[float] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(rounds or _ROUNDS):
                theirs.append(timed(*_YARDSTICK))
                for form, taken in samples.items():
                    words = ("graph", "--format", form, "-o", str(Path(folder) / "picture"))
                    taken.append(timed(*WAYS["python -m nsnet"], *words))
    finally:
        engine.down(NAME)
        settle()
    for form, taken in samples.items():
        what = f"graph --format {form}, {_COUNT} containers"
        yield Figure(what, taken, "ip -all netns exec ip", theirs, at_most=_LIMIT)
