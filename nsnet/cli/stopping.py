"""Ctrl-C while the host is being changed: noted, and heeded between two steps."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Wish:
    """Whether the user wants to stop; `Engine` asks it."""

    def __init__(self) -> None:
        self.uttered = False

    def __call__(self) -> bool:
        return self.uttered

    def note(self, number: int, frame: FrameType | None) -> None:
        """A signal handler."""
        self.uttered = True


@contextmanager
def heeding() -> Iterator[Wish]:
    """Inside, SIGINT, SIGTERM and SIGHUP only utter the wish: a change is finished or taken
    back, never torn. A program that nohup started goes on ignoring SIGHUP."""
    wish = Wish()
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, wish.note) for number in numbers}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
