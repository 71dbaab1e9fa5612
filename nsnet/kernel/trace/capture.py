"""Listening to interfaces until somebody says that it is enough."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

from ..errors import NotFound, PreconditionError
from ..survey import Survey
from .tap import Frame, Tap
from .watch import at_once

#: A tap: the key of a space, and the interface there ("": all of them).
Door = tuple[str, str]
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Capture:
    """Taps at `doors`, from the time that it is made until `close`.

    Raises `PreconditionError` where only root may look, `NotFound` for an interface that has gone.
    """

    def __init__(self, survey: Survey, doors: Iterable[Door]) -> None:
        self._taps: dict[int, tuple[str, Tap]] = {}
        try:
            for key, device in doors:
                tap = _open(survey, key, device)
                self._taps[tap.fileno()] = (key, tap)
        except BaseException:
            self.close()
            raise

    def run(self, take: Callable[[str, Frame], bool], reader: int = -1) -> None:
        """Give every frame to `take` with the key of its space, until it returns False, a signal
        comes (Ctrl-C, SIGTERM, SIGHUP) or the reader of the pipe `reader` has gone."""
        ears, mouth = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        before = {each: signal.signal(each, _noted) for each in _SIGNALS}
        waking = signal.set_wakeup_fd(mouth)
        poll = select.poll()
        for number in (ears, *self._taps):
            poll.register(number, select.POLLIN)
        if reader >= 0:
            poll.register(reader, 0)  # POLLERR comes in any case: nobody reads any more.
        try:
            while self._take([number for number, _ in poll.poll()], take):
                pass
        finally:
            signal.set_wakeup_fd(waking)
            for each, handler in before.items():
                signal.signal(each, handler)
            os.close(ears)
            os.close(mouth)

    def _take(self, ready: list[int], take: Callable[[str, Frame], bool]) -> bool:
        """All that waits, in the order of its times. Anything but a tap that speaks up says that
        it is enough."""
        found = [(key, frame) for number in ready for key, frame in self._waiting(number)]
        found.sort(key=lambda one: one[1].stamp)
        enough = any(number not in self._taps for number in ready)
        return all(take(key, frame) for key, frame in found) and not enough

    def _waiting(self, number: int) -> Iterator[tuple[str, Frame]]:
        if number not in self._taps:
            return
        key, tap = self._taps[number]
        try:
            while (frame := tap.read()) is not None:
                yield key, frame
        except OSError:  # ENETDOWN: told once when an interface goes down or is removed.
            return

    def close(self) -> None:
        """Listen no more."""
        at_once([tap.close for _, tap in self._taps.values()])
        self._taps.clear()


def _open(survey: Survey, key: str, device: str) -> Tap:
    try:
        with survey.inside(key):
            return Tap(device=device)
    except PermissionError:
        raise PreconditionError(
            f"cannot look at the packets of {key or 'host'}",
            "only root may: run it as `sudo nsnet …`, or in a sandbox (`--sandbox`)",
        ) from None
    except OSError as error:
        what = f"cannot listen at {device or 'the interfaces'} of {key or 'host'}"
        raise NotFound(what, error.strerror or str(error)) from None


def _noted(number: int, frame: FrameType | None) -> Any:
    """The signal's number has been written into the pipe that is waited for."""
