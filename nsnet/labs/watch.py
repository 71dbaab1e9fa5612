"""The loop behind `nsnet lab watch`: check, wait for a change, check again.

A check does not start itself again. What it does to the machine (probes, traces, listeners that
end with it) is nothing that `Changes` reports, but for a route that some checks add for a moment:
if only addresses and routes changed meanwhile, and they are what they were before, nobody has done
anything. Whatever else is reported while one runs was done by the learner, and there is another
one after it. Should a check ever leave something changed, the pauses grow (`_LONGEST`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, Protocol, TypeVar

from ..kernel.changes import PICTURED, Changes
from ..kernel.keyboard import Keyboard

R = TypeVar("R")
R_in = TypeVar("R_in", contravariant=True)

#: Seconds without a change before a check begins.
QUIET = 0.2
#: The longest such time, after several checks during which something changed.
_LONGEST = 2.0
#: Nothing happens: the loop turns once in so many seconds.
_LONG = 60.0
#: The key that checks now.
CHECK = "c"


class Show(Protocol[R_in]):
    """Who tells the learner of it."""

    def begin(self, kinds: set[str]) -> None:
        """A check begins, because of these changes (none: it was asked for)."""

    def result(self, result: R_in) -> None:
        """One result of it."""

    def end(self) -> None:
        """It is over."""


def watch(
    changes: Changes,
    check: Callable[[], Iterable[R]],
    show: Show[R],
    keys: Mapping[str, Callable[[], bool]],
    keyboard: Keyboard,
) -> None:
    """Check now, then `QUIET` seconds after the last change of each burst. `keys` are what single
    keys do, besides ``c``, which checks; one that returns True ends the loop. So does the end of
    what `keyboard` reads."""
    _Loop(changes, check, show, keys, keyboard).run()


class _Loop(Generic[R]):
    def __init__(
        self,
        changes: Changes,
        check: Callable[[], Iterable[R]],
        show: Show[R],
        keys: Mapping[str, Callable[[], bool]],
        keyboard: Keyboard,
    ) -> None:
        self._changes, self._check, self._show = changes, check, show
        self._keys, self._keyboard = keys, keyboard
        self._done = self._asked = False

    def run(self) -> None:
        kinds: set[str] = set()
        in_a_row = 0
        while not self._done:
            self._changes.drain()  # The check sees what has come up to now.
            before = self._changes.picture()
            self._once(kinds)
            during = self._changes.drain()
            if during and during <= PICTURED and self._changes.picture() == before:
                during = set()  # done and undone
            in_a_row = in_a_row + 1 if during else 0
            kinds = self._next(during, min(QUIET * 2 ** max(0, in_a_row - 2), _LONGEST))

    def _once(self, kinds: set[str]) -> None:
        """One check. A key that was typed meanwhile has its effect between two results."""
        self._asked = False
        self._show.begin(kinds)
        for result in self._check():
            self._show.result(result)
            self._obey()
            if self._done:
                return
        self._show.end()

    def _next(self, found: set[str], quiet: float) -> set[str]:
        """Wait until there is a reason for a check, or none for going on."""
        while not (self._done or self._asked):
            more = self._changes.wait(quiet if found else _LONG, quiet, [self._keyboard.fd])
            typed = self._obey()
            if more or (found and not typed):
                return found | more
        return set()

    def _obey(self) -> bool:
        """Do what has been typed; was there anything?"""
        typed = self._keyboard.typed()
        for key in typed:
            self._asked = self._asked or key == CHECK
            action = self._keys.get(key)
            self._done = self._done or bool(action and action())
        self._done = self._done or self._keyboard.ended
        return bool(typed)
