"""In one process: building and removing one bridge network, beside the C floor."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from .builder import Builder
from .figures import Figure, Skipped
from .floor import Floor, NoCompiler
from .place import settle, without_ipv6

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
    without_ipv6()
    with tempfile.TemporaryDirectory() as folder:
        try:
            floor = Floor(Path(folder))
        except NoCompiler as error:
            yield Skipped("build", str(error))
            return
        for count, (usual, *_) in SIZES.items():
            yield from _size(floor, count, rounds or usual)


class _Samples(dict[str, list[float]]):
    def note(self, name: str, value: float) -> None:
        self.setdefault(name, []).append(value)


def _size(floor: Floor, count: int, rounds: int) -> Iterator[Figure]:
    warm = {"apply": Builder("apply", count), "engine": Builder("engine", count)}
    for builder in warm.values():
        _once(builder)  # the first build of a process is a figure of its own
    samples = _Samples()
    for _ in range(rounds):
        samples.note("floor up", floor.up(count))
        samples.note("floor down", floor.down(count))
        settle()
        for name, builder in warm.items():
            _take(samples, name, builder)
        fresh = Builder("engine", count)
        _take(samples, "first", fresh)
        fresh.close()
    for builder in warm.values():
        builder.close()
    yield from _figures(count, samples)


def _once(builder: Builder) -> tuple[float, float]:
    times = builder.up(), builder.down()
    settle()
    return times


def _take(samples: _Samples, name: str, builder: Builder) -> None:
    up, down = _once(builder)
    samples.note(f"{name} up", up)
    samples.note(f"{name} down", down)


def _figures(count: int, samples: _Samples) -> Iterator[Figure]:
    _, ratio, limit = SIZES[count]
    down = _DOWN_LIMIT.get(count)
    up_floor, down_floor = samples["floor up"], samples["floor down"]
    what = f"build {count}"
    yield Figure(
        f"{what}, apply", samples["apply up"], _FLOOR, up_floor, at_most=limit, ratio_at_most=ratio
    )
    yield Figure(f"{what}, engine", samples["engine up"], _FLOOR, up_floor)
    yield Figure(f"{what}, engine, first", samples["first up"], _FLOOR, up_floor)
    what = f"remove {count}"
    yield Figure(
        f"{what}, undo", samples["apply down"], _FLOOR, down_floor, ratio_at_most=down
    )
    yield Figure(f"{what}, engine", samples["engine down"], _FLOOR, down_floor)
