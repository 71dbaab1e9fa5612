"""Work that Ctrl-C must not tear apart: half a message, or half a network."""

from __future__ import annotations

import _thread
import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def unbroken(work: Callable[[int], T]) -> T:
    """The result of ``work(stop)``, which always comes to an end of its own.

    Python raises KeyboardInterrupt in the main thread only, so there the work is done in
    another. After Ctrl-C the pipe `stop` hangs up (POLLHUP); the work should then soon come
    to its end, and after that the KeyboardInterrupt goes on. A second one does not wait.
    """
    stop, tell = os.pipe()
    task = _Task(work, stop)
    try:
        if threading.current_thread() is threading.main_thread():
            _thread.start_new_thread(task.run, ())
            task.await_end()
        else:
            task.run()
    except BaseException:
        os.close(tell)
        if task.begun():
            task.await_end()
        raise
    os.close(tell)
    return task.answer()


class _Task(Generic[T]):
    """The work, its begin and its end. Ctrl-C may come at any moment, before the other thread is
    there and after it has gone too: nobody waits for what will not happen. Plain locks: those of
    `threading` are Python's own code, which Ctrl-C may tear."""

    def __init__(self, work: Callable[[int], T], stop: int) -> None:
        self._work, self._stop = work, stop
        self._gate, self._end = _thread.allocate_lock(), _thread.allocate_lock()
        self._begun: bool | None = None
        self._ended = False
        self._value: Any = None
        self._failure: BaseException | None = None
        self._end.acquire()

    def run(self) -> None:
        """Do it, unless it was called off."""
        with self._gate:
            if self._begun is not None:
                return
            self._begun = True
        try:
            self._value = self._work(self._stop)
        except BaseException as error:
            self._failure = error
        os.close(self._stop)
        self._ended = True
        self._end.release()

    def await_end(self) -> None:
        """Wait until it is done. May be asked again."""
        if not self._ended:
            self._end.acquire()

    def begun(self) -> bool:
        """Has it begun? If not, it is called off."""
        with self._gate:
            if self._begun is None:
                self._begun = False
                os.close(self._stop)
            return self._begun

    def answer(self) -> T:
        """What it gave; raises what it raised."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        value: T = self._value
        return value
