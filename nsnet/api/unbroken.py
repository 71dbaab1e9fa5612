"""Work that Ctrl-C must not tear apart: half a message, or half a network."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def unbroken(work: Callable[[int], T]) -> T:
    """The result of ``work(stop)``, which always comes to an end of its own.

    Python raises KeyboardInterrupt in the main thread only, so there the work is done in
    another. After Ctrl-C the pipe `stop` hangs up (POLLHUP); the work should then soon come
    to its end, and after that the KeyboardInterrupt goes on. A second one does not wait.
    """
    stop, tell = os.pipe()
    answers: SimpleQueue[Callable[[], T]] = SimpleQueue()

    def run() -> None:
        answer = _tried(work, stop)
        os.close(stop)
        answers.put(answer)

    try:
        if threading.current_thread() is threading.main_thread():
            threading.Thread(target=run, daemon=True).start()
        else:
            run()
        answer = answers.get()
    except BaseException:
        os.close(tell)
        answers.get()
        raise
    os.close(tell)
    return answer()


def _tried(work: Callable[[int], T], stop: int) -> Callable[[], T]:
    """A function that gives what `work` gave, or raises what it raised."""
    try:
        value = work(stop)
    except BaseException as error:
        failure = error

        def fail() -> T:
            raise failure

        return fail
    return lambda: value
