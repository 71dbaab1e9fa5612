"""How soon `nsnet lab watch` checks again.

From a change inside a container, made while the loop sleeps, to the beginning of the check that
follows it, beside the quiet time that it waits for anyway. And what it costs to look, twice a
second, at what the kernel has no event for.
"""

from __future__ import annotations

import os
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from nsnet.kernel.changes import Changes
from nsnet.kernel.changes.unheard import unheard
from nsnet.kernel.inside import inside
from nsnet.kernel.keyboard import Keyboard
from nsnet.kernel.netlink import NEW, Channel, attr
from nsnet.kernel.netns import path
from nsnet.kernel.stack import Stack
from nsnet.labs.watch import QUIET, watch

from .figures import Figure
from .networks import compose
from .place import settle
from .program import NSNET, timed

_ROUNDS, _COUNT = 15, 20
#: The check begins after so many ms at most.
_LIMIT = 250.0
#: What a look may take, in ms.
_LOOK = 25.0
_NEW_ADDRESS = 20  # RTM_NEWADDR


def run(rounds: int) -> Iterator[Figure]:
    """Milliseconds."""
    rounds = rounds or _ROUNDS
    with tempfile.TemporaryDirectory() as name:
        file = compose(Path(name), _COUNT, listening=True)
        timed(*NSNET, "up", str(file))
        try:
            with Stack() as stack:
                samples = _Learner(rounds).watched(stack)
            what = f"a change to the next check, {_COUNT} containers"
            quiet = [1e3 * QUIET] * rounds
            yield Figure(what, samples, "quiet time", quiet, at_most=_LIMIT)
            what = f"a look at what has no event, {_COUNT} containers"
            yield Figure(what, [_took() for _ in range(rounds)], at_most=_LOOK)
        finally:
            timed(*NSNET, "down", str(file))
            settle()


def _took() -> float:
    began = time.perf_counter()
    unheard()
    return 1e3 * (time.perf_counter() - began)


class _Learner:
    """Changes something, so many times, each time a while after a check."""

    def __init__(self, rounds: int) -> None:
        self._left = rounds
        self._changed = 0.0
        self._samples: list[float] = []
        self._thread: threading.Thread | None = None

    def watched(self, stack: Stack) -> list[float]:
        """From each change to the beginning of the check after it, in ms."""
        hear, self._say = os.pipe()
        with inside(path("c1")):
            self._channel = Channel()
        with closing(self._channel), Changes(stack, unheard) as changes, Keyboard(hear) as keys:
            watch(changes, lambda: (), self, {"q": lambda: True}, keys)
        os.close(hear)
        os.close(self._say)
        return self._samples

    def begin(self, kinds: set[str]) -> None:
        """A check begins."""
        if self._thread:
            self._samples.append(1e3 * (time.perf_counter() - self._changed))
            self._thread.join()

    def result(self, result: object) -> None:
        """There are none."""

    def end(self) -> None:
        """It is over: go on in a while, at any moment between two looks."""
        if not self._left:
            os.write(self._say, b"q")
            return
        self._left -= 1
        self._thread = threading.Thread(target=self._change)
        self._thread.start()

    def _change(self) -> None:
        time.sleep(0.1 + 0.37 * (self._left % 3))
        head = struct.pack("=BBBBI", socket.AF_INET, 32, 0, 0, 1)
        address = socket.inet_aton(f"10.99.0.{self._left + 1}")
        self._channel.add(_NEW_ADDRESS, NEW, head + attr(2, address) + attr(1, address))
        self._channel.settle()
        self._changed = time.perf_counter()
