"""A question that its asker no longer wants answered."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_GETFL, F_SETFL, F_SETOWN, fcntl
from types import FrameType

#: Where questions wait for what may never come. Anywhere else the helper may be in another
#: namespace, or hold something that it has to give back: there it is let go on.
_WAITING = ("nsnet.kernel.prober.loop", "nsnet.kernel.trace.follow", "nsnet.kernel.forged")
#: Seconds until the next look whether it waits.
_AGAIN = 0.005


class Breakable:
    """Lets the helper's waiting end with KeyboardInterrupt, as it would at the command line, when
    the program at the other end was told Ctrl-C. In the main thread only."""

    def __init__(self) -> None:
        self._stop: int | None = None
        for number in (signal.SIGIO, signal.SIGALRM):
            signal.signal(number, self._break_off)

    @contextmanager
    def until(self, stop: int) -> Iterator[None]:
        """Do what is inside, until the pipe `stop` hangs up: the kernel says so by SIGIO
        (fcntl(2), O_ASYNC)."""
        fcntl(stop, F_SETOWN, os.getpid())
        self._stop = stop
        try:
            fcntl(stop, F_SETFL, fcntl(stop, F_GETFL) | os.O_ASYNC)
            if hung_up(stop):
                raise KeyboardInterrupt
            yield
        finally:
            self._stop = None
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _break_off(self, number: int, frame: FrameType | None) -> None:
        if self._stop is None or not hung_up(self._stop):
            return
        if frame is not None and frame.f_globals.get("__name__") in _WAITING:
            self._stop = None
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)


def hung_up(fd: int) -> bool:
    """Has the other end of this pipe been closed?"""
    poller = select.poll()
    poller.register(fd, select.POLLHUP)
    return bool(poller.poll(0))
