"""Watching one flow in several namespaces: taps, the mark for netfilter, and what it tells."""

from __future__ import annotations

import contextlib
import errno
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from ..errors import PreconditionError
from ..survey import Survey
from ..survey.model import Interface
from .clock import Clock
from .events import Events, Traced
from .flow import Flow
from .marks import PREFIX, Marks
from .tap import Frame, Tap

#: The counters of rules: family, table, chain, handle.
Counts = dict[tuple[str, str, str, int], int]

#: What is made on top of others: a frame comes in there after it came in below.
_HEIGHT = {"vxlan": 1, "macvlan": 1, "ipvlan": 1, "vlan": 1, "bridge": 2}


class Watch:
    """Taps and marks in the namespaces `keys` of a survey, until `close`.

    What could not be watched (a namespace that has just ended) is left out.
    Raises `PreconditionError` where only root may look.
    """

    def __init__(self, survey: Survey, keys: Sequence[str], flow: Flow) -> None:
        self._survey, self._keys = survey, frozenset(keys)
        self.taps: dict[str, list[Tap]] = {}
        self.marks: dict[str, Marks] = {}
        self._clocks: list[Clock] = []
        self.events: dict[str, Events] = {}
        self.before: dict[str, Counts] = {}
        self.after: dict[str, Counts] = {}
        self.frames: dict[str, list[Frame]] = {}
        self.traced: dict[str, list[Traced]] = {}
        #: Do all frames have the time when they were seen? The kernel begins with that a moment
        #: after it is asked to; before, they get the time when they are read.
        self.timed = True
        try:
            # All taps first: by the time that the rest is done, the kernel stamps packets.
            for key in keys:
                self._in(key, self._tap, flow)
            for key in self.taps:
                self._in(key, self._mark, flow)
            self._wait_for_times()
        except BaseException:
            self.close()
            raise

    def _in(self, key: str, do: Callable[[str, Flow], None], flow: Flow) -> None:
        try:
            with self._survey.inside(key):
                do(key, flow)
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES):
                raise PreconditionError(
                    f"cannot look at the packets of {key or 'host'}",
                    "only root may: run it as `sudo nsnet …`, or in a sandbox (`--sandbox`)",
                ) from None

    def _wait_for_times(self) -> None:
        """In the first of the namespaces that has a loopback to try it with."""
        for key in self.taps:
            with contextlib.suppress(OSError), self._survey.inside(key):
                clock = Clock()
                self._clocks.append(clock)
                clock.wait()
                return

    def _tap(self, key: str, flow: Flow) -> None:
        found = self._survey.interfaces(key).values()
        apart = [each for each in found if self._leads_elsewhere(each)]
        # A frame keeps its time on the way up, from a port to its bridge.
        upwards = sorted(found, key=lambda each: _HEIGHT.get(each.kind, 0))
        near = [each.name for each in upwards if each not in apart] if apart else [""]
        self.taps[key] = taps = []
        self.frames[key] = []
        for device in near:
            taps.append(Tap(flow, device))

    def _leads_elsewhere(self, interface: Interface) -> bool:
        """Is it a cable to a namespace that is not watched? A tap on all interfaces makes the
        kernel copy each frame, whoever's it is; one on the others leaves those there alone."""
        there = interface.peer_space
        return interface.kind == "veth" and there is not None and there not in self._keys

    def _mark(self, key: str, flow: Flow) -> None:
        """Where there are no tables there is nothing that netfilter could tell."""
        marks = Marks()
        tables = marks.tables()
        families = {family for family, name, _ in tables if not name.startswith(PREFIX)}
        try:
            marks.remove_left(tables)
            if families:
                self.before[key] = marks.counts()
                self.events[key] = Events()
                marks.mark(flow, families)
        finally:
            if families:
                self.marks[key] = marks
                self.traced[key] = []
            else:
                marks.close()

    def read(self) -> None:
        """Take in what has come so far."""
        now = time.time_ns()
        for key, taps in self.taps.items():
            for tap in taps:
                while (frame := tap.read()) is not None:
                    self.frames[key].append(frame)
                    self.timed = self.timed and frame.stamp < now
            if len(taps) > 1:
                self.frames[key].sort(key=lambda frame: frame.stamp)
        for key in self.events:
            self.hear(key)

    def hear(self, key: str) -> list[Traced]:
        """What netfilter has told of one namespace since the last time."""
        new = [each for each in self.events[key].read() if not each.table.startswith(PREFIX)]
        self.traced[key] += new
        return new

    def count(self) -> None:
        """Read the counters again, where netfilter told something."""
        for key, told in self.traced.items():
            if told:
                self.after[key] = self.marks[key].counts()

    @property
    def overrun(self) -> bool:
        """Did netfilter tell more than there was room for?"""
        return any(each.overrun for each in self.events.values())

    def close(self) -> None:
        """End all of it. Each tap waits in the kernel until nobody uses it any more (RCU); all of
        them can wait at the same time."""
        taps, marks = chain.from_iterable(self.taps.values()), self.marks.values()
        ends = [each.close for each in self._clocks]
        at_once([*ends, *(each.close for each in taps), *(each.close for each in marks)])
        self._clocks.clear()
        for events in self.events.values():
            events.close()
        self.taps.clear()
        self.marks.clear()
        self.events.clear()


def at_once(ends: Iterable[Callable[[], None]]) -> None:
    """Call all of them, each in a thread of its own; where there may be no more threads, here."""
    threads = []
    for end in ends:
        thread = threading.Thread(target=_quietly, args=(end,))
        try:
            thread.start()
        except RuntimeError:
            _quietly(end)
        else:
            threads.append(thread)
    for thread in threads:
        thread.join()


def _quietly(end: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):
        end()
