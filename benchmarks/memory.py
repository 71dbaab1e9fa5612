"""Memory: the peak of a large `nsnet up`, and what stays for every container that runs."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .figures import Figure
from .networks import compose
from .place import python, settle
from .program import NSNET, measured, timed

_ROUNDS = 3
_COUNT, _LIMIT = 500, 80.0  # containers, MB
_RUNNING = 10
_KINDS = {"one keeper": "keeper.py", "one stub listener": "stub.py"}


def run(rounds: int) -> Iterator[Figure]:
    """Peaks are largest resident sets; what stays is the proportional set (smaps)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield _peak(folder, rounds or _ROUNDS)
        yield from _staying(folder)


def _peak(folder: Path, rounds: int) -> Figure:
    file = compose(folder, _COUNT)
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(measured(*NSNET, "up", str(file))[1])
        timed(*NSNET, "down", str(file))
        settle()
        bare.append(measured(*python("-c", ""))[1])
    return Figure(f"peak of up {_COUNT}", ours, "python3", bare, unit="MB", at_most=_LIMIT)


def _staying(folder: Path) -> Iterator[Figure]:
    file = compose(folder, _RUNNING, listening=True)
    timed(*NSNET, "up", str(file))
    for what, program in _KINDS.items():
        sizes = [_grown(pid) for pid in list(_running(program))]
        yield Figure(f"{what}, of {len(sizes)}", sizes, unit="MB")
    timed(*NSNET, "down", str(file))
    settle()


def _running(program: str) -> Iterator[int]:
    """The processes in here that run this file of nsnet's."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        words = Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0")
        if any(os.path.basename(word) == program.encode() for word in words[:5]):
            yield int(name)


def _grown(pid: int) -> float:
    """The size of a process that has just been started, once it has stopped growing."""
    size = -1.0
    while size != (now := _proportional(pid)):
        size = now
        time.sleep(0.2)
    return size


def _proportional(pid: int) -> float:
    """Proportional set size in MB: what is shared counts in parts."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1e3
    raise ValueError(f"process {pid} has no Pss line")
