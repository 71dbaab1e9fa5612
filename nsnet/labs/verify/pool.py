"""Many runs at once, each in a machine of its own."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from select import POLLIN, poll

from ...kernel import throwaway
from ...kernel.errors import PreconditionError
from ...value import replace
from .outcome import Outcome
from .run import Run

#: Seconds for a whole run; what hangs is noticed long before, in the machine.
LIMIT = 180.0


def prove(found: Sequence[Run], work: Callable[[Run], Outcome], jobs: int = 0) -> Iterator[Outcome]:
    """The outcomes, each as soon as it is known; `work` happens in a new machine each. Without
    `jobs`, twice as many at once as there are processors: most of a run is waiting for packets
    that nobody answers."""
    jobs = jobs or 2 * (os.cpu_count() or 1)
    waiting = list(reversed(found))
    at_work: dict[int, tuple[Run, throwaway.Machine, float]] = {}
    asking = poll()
    try:
        while waiting or at_work:
            while waiting and len(at_work) < jobs:
                run = waiting.pop()
                machine = throwaway.begin(lambda run=run: pickle.dumps(work(run)), LIMIT)  # type: ignore[misc]
                at_work[machine.answer] = run, machine, time.monotonic()
                asking.register(machine.answer, POLLIN)
            for fd, _ in asking.poll(1000 * LIMIT) or [(next(iter(at_work)), 0)]:
                asking.unregister(fd)
                run, machine, begun = at_work.pop(fd)
                yield _ended(run, machine, begun)
    finally:
        for _, machine, _ in at_work.values():
            throwaway.stop(machine)
            with suppress(OSError):
                os.close(machine.answer)


def _ended(run: Run, machine: throwaway.Machine, begun: float) -> Outcome:
    ended = throwaway.end(machine)
    seconds = time.monotonic() - begun
    if ended.answer is not None:
        known: Outcome = pickle.loads(ended.answer)
        return replace(known, run=run, seconds=seconds)
    lines = ended.trouble.strip().splitlines() or ["nothing is known about why"]
    return Outcome(run, False, "a run that ends", lines[-1], tuple(lines[-12:-1]), seconds)


def probe() -> None:
    """Can machines be made here? Raises `PreconditionError`."""
    ended = throwaway.end(throwaway.begin(lambda: b"yes", 10))
    if ended.answer != b"yes":
        raise PreconditionError("cannot verify", ended.trouble)
