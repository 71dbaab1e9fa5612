"""In one process: building and removing one bridge network, beside the C floor."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .builder import Builder
from .figures import Figure, Skipped
from .floor import Floor, NoCompiler
from .place import settle

#: Containers → (rounds, limit of the ratio, limit in ms).
SIZES: dict[int, tuple[int, float | None, float | None]] = {
    1: (15, None, 3.0),
    10: (15, None, None),
    100: (11, 1.15, None),
    500: (5, 1.10, None),
}
_DOWN_LIMIT = {100: 1.25}
_FLOOR = "C floor"


def run(rounds: int) -> Iterator[Figure | Skipped]:
    """Figures of every size; `rounds` 0 means as many as each size deserves."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            floor = Floor(Path(folder))
        except NoCompiler as error:
            yield Skipped("build", str(error))
            return
        for count, (usual, *_) in SIZES.items():
            yield from _size(floor, count, rounds or usual)


def _size(floor: Floor, count: int, rounds: int) -> Iterator[Figure]:
    """Everything is built and removed in turn. The first build of a process pays for imports
    and caches, so it is a figure of its own; the warm processes do it before they count."""
    apply, engine = Builder("apply", count), Builder("engine", count)
    samples: _Samples = {}
    for builder in (apply, engine):
        _once(builder.ask)
    for _ in range(rounds):
        _take(samples, "apply", apply.ask)
        _take(samples, "floor", lambda verb: floor.run(verb, count))
        _take(samples, "engine", engine.ask)
        with Builder("engine", count) as first:
            _take(samples, "first", first.ask)
    apply.close()
    engine.close()
    yield from _figures(count, samples)


#: (who, up or down) → ms, round by round.
_Samples = dict[tuple[str, str], list[float]]


def _once(do: Callable[[str], float]) -> dict[str, float]:
    times = {verb: do(verb) for verb in ("up", "down")}
    settle()
    return times


def _take(samples: _Samples, who: str, do: Callable[[str], float]) -> None:
    for verb, time in _once(do).items():
        samples.setdefault((who, verb), []).append(time)


def _figures(count: int, samples: _Samples) -> Iterator[Figure]:
    _, ratio, limit = SIZES[count]
    build, remove = f"build {count}", f"remove {count}"
    floor = samples["floor", "up"]
    yield Figure(
        f"{build}, apply",
        samples["apply", "up"],
        _FLOOR,
        floor,
        at_most=limit,
        ratio_at_most=ratio,
    )
    yield Figure(f"{build}, engine", samples["engine", "up"], _FLOOR, floor)
    yield Figure(f"{build}, engine, first", samples["first", "up"], _FLOOR, floor)
    floor, down = samples["floor", "down"], _DOWN_LIMIT.get(count)
    yield Figure(f"{remove}, undo", samples["apply", "down"], _FLOOR, floor, ratio_at_most=down)
    yield Figure(f"{remove}, engine", samples["engine", "down"], _FLOOR, floor)
