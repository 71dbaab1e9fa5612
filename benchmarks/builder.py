"""nsnet in a process of its own that builds and removes on demand, and tells its own times.

As a program (``python -m benchmarks.builder apply|engine N``) it reads words from standard
input and answers each with the milliseconds that it took.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from typing import Protocol

from .place import python


class Builder:
    """The other end: such a process, as an object."""

    def __init__(self, kind: str, count: int) -> None:
        self._process = subprocess.Popen(
            python("-m", "benchmarks.builder", kind, str(count)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def ask(self, verb: str) -> float:
        """Build (``up``) or remove (``down``); in ms."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{verb}\n")
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def __enter__(self) -> Builder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Work(Protocol):
    """What such a process does."""

    def up(self) -> None:
        """Build."""

    def down(self) -> None:
        """Remove."""


class Whole:
    """`Engine.up` and `down`: lock, observe, plan, apply, record."""

    def __init__(self, count: int) -> None:
        from nsnet.engine.engine import Engine

        from .networks import NAME, bridge

        self._engine, self._topology, self._name = Engine(), bridge(count), NAME

    def up(self) -> None:
        self._engine.up(self._topology)

    def down(self) -> None:
        self._engine.down(self._name)


class Apply:
    """Only `apply`, the plan being made: what the kernel room costs."""

    def __init__(self, count: int) -> None:
        from nsnet.kernel.apply import apply, undo_all
        from nsnet.kernel.stack import Stack
        from nsnet.plan import diff
        from nsnet.plan.before import Before
        from nsnet.plan.build import desired
        from nsnet.topology.allocate import allocate
        from nsnet.topology.taken import Taken

        from .networks import bridge

        layout = allocate(bridge(count), Taken())
        before = Before(old=(("ip", "0"), ("ip6", "0")))
        self._steps = desired(layout, before, "/run/nsnet/bench")
        self._undoing = diff.teardown(self._steps, layout)
        self._stack = Stack()
        self._stack.nft()
        self._apply, self._undo = apply, undo_all

    def up(self) -> None:
        gc.disable()
        self._apply(self._stack, self._steps)
        gc.enable()

    def down(self) -> None:
        self._undo(self._stack, self._undoing)


def _serve(work: Work) -> None:
    actions = {"up": work.up, "down": work.down}
    for line in sys.stdin:
        began = time.perf_counter()
        actions[line.strip()]()
        print(1e3 * (time.perf_counter() - began), flush=True)


KINDS: dict[str, type[Apply] | type[Whole]] = {"apply": Apply, "engine": Whole}

if __name__ == "__main__":
    _serve(KINDS[sys.argv[1]](int(sys.argv[2])))
