"""One thread and one epoll: whoever has something to do is called; nobody may block."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar

_Item = TypeVar("_Item")

#: Events that are fetched at once. (The default makes room for 1023 each time.)
_AT_ONCE = 64

#: Seconds of looking instead of sleeping, where there is a processor for the others, too: once
#: so many events in a row came within this time of sleep. (Being woken is most of that.)
_LOOK, _SOON, _NEAR = 60e-6, 8, 150e-6

#: So many more are needed after a look in vain, and after one in which others took the processor.
_AFTER_NONE, _AFTER_LOST = 200, 4000


class Patience(Generic[_Item]):
    """Things that all may take equally long: `seconds` from when they were put in. The oldest
    is always the first that is due."""

    def __init__(self, seconds: float, due: Callable[[_Item], None]) -> None:
        self.seconds, self._due = seconds, due
        self.items: dict[_Item, float] = {}

    def put(self, item: _Item) -> None:
        """Start its time, anew if it is in here already."""
        self.items.pop(item, None)
        self.items[item] = time.monotonic() + self.seconds

    def take(self, item: _Item) -> None:
        """It is done."""
        self.items.pop(item, None)

    def expire(self, now: float) -> None:
        """Call for each thing whose time is up."""
        late = []
        for item, limit in self.items.items():
            if limit > now:
                break
            late.append(item)
        for item in late:
            if self.items.pop(item, None) is not None:
                self._due(item)


class Loop:
    """File descriptors, with what to call when they are ready."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._ready: dict[int, Callable[[], None]] = {}
        self._timed: list[Patience] = []  # type: ignore[type-arg]

    def patience(self, seconds: float, due: Callable[[_Item], None]) -> Patience[_Item]:
        """A `Patience` that this loop looks after."""
        made = Patience(seconds, due)
        self._timed.append(made)
        return made

    def watch(self, fd: int, act: Callable[[], None], write: bool = False) -> None:
        """Call `act` whenever `fd` can be read (or written, or has failed)."""
        self._ready[fd] = act
        self._epoll.register(fd, select.EPOLLOUT if write else select.EPOLLIN)

    def read_only(self, fd: int) -> None:
        """From now on call for reading."""
        self._epoll.modify(fd, select.EPOLLIN)

    def want(self, fd: int, read: bool, write: bool) -> None:
        """From now on call for these; for a failure in any case."""
        self._epoll.modify(fd, select.EPOLLIN * read | select.EPOLLOUT * write)

    def forget(self, fd: int) -> None:
        """To be called before it is closed."""
        if self._ready.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def run(self) -> NoReturn:
        """For ever.

        To be put to sleep and woken takes longer than an answer. So when the last few events
        came soon, the next one is looked for during `_LOOK` before going to sleep. Where the
        processors are busy, events do not come soon: then looking would only take from our time.
        """
        poll, ready, timed = self._epoll.poll, self._ready, self._timed
        clock = time.monotonic
        several = len(os.sched_getaffinity(0)) > 1
        soon = 0
        while True:
            pause = -1.0
            for each in timed:
                if each.items:
                    soonest = next(iter(each.items.values())) - time.monotonic()
                    pause = max(0.0, soonest if pause < 0 else min(pause, soonest))
            events: list[tuple[int, int]] = []
            if soon >= _SOON:
                limit = clock() + _LOOK
                while not events and clock() < limit:
                    events = poll(0, _AT_ONCE)
                if not events:
                    soon = -_AFTER_NONE if clock() < limit + _NEAR else -_AFTER_LOST
            if not events:
                began = clock()
                events = poll(pause, _AT_ONCE)
                soon = soon + 1 if several and clock() - began < _NEAR else min(soon, 0)
            for fd, _ in events:
                act = ready.get(fd)
                if act is not None:
                    act()
            if pause >= 0:
                now = time.monotonic()
                for each in timed:
                    each.expire(now)
