"""`nsnet up FILE` beside the script that it prints for the same file, run by `sh`."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .networks import compose
from .place import settle
from .program import NSNET, timed

_ROUNDS = {10: 9, 50: 5}


def run(rounds: int) -> Iterator[Figure]:
    """From ten containers on, nsnet has to win, its start included."""
    with tempfile.TemporaryDirectory() as folder:
        for count, usual in _ROUNDS.items():
            yield _size(Path(folder), count, rounds or usual)


def _size(folder: Path, count: int, rounds: int) -> Figure:
    file = compose(folder, count)
    script = folder / f"{count}.sh"
    command = (*NSNET, "up", str(file), "--script")
    script.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(*NSNET, "up", str(file)))
        _remove(file)
        theirs.append(timed("sh", str(script)))
        _remove(file)
    return Figure(f"up {count} containers", ours, "its script", theirs, faster_by=1)


def _remove(file: Path) -> None:
    timed(*NSNET, "down", str(file))
    settle()
