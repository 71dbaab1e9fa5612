"""Changes of the host's network stack and of all named namespaces."""

from __future__ import annotations

import errno
import select
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from .. import netns
from ..errors import NotFound
from ..inside import inside
from ..stack import Stack, raise_limit
from .ear import Ear
from .names import Names
from .picture import picture

NAMESPACE, POLLED = "namespace", "polled"

#: Seconds between two looks at what the kernel has no event for.
_EVERY = 0.5
#: A storm of changes without a pause is reported after so many seconds.
_MOST = 2.0


class Changes:
    """Hears of changes from the moment it is made, until `close`.

    Kinds are ``link`` (also queues and bridge ports), ``address``, ``route`` (and rules),
    ``neighbour`` (entries made by hand), ``firewall``, ``setting`` (forwarding, rp_filter),
    ``namespace`` (a name below /run/netns) and ``polled``: `poll` returned something else than
    before. It is called every half a second in `wait`, in the host's namespace.

    The thread that made `stack` is the only one that may use this. A namespace whose name has
    gone is let go at once, by the stack too.
    """

    def __init__(self, stack: Stack, poll: Callable[[], object] | None = None) -> None:
        self._stack, self._poll = stack, poll
        self._ears: dict[str, tuple[int, Ear]] = {}
        self._by_file: dict[int, Ear] = {}
        self._pending: set[str] = set()
        self._first = self._last = 0.0
        stack.enter("")
        self._waiting = select.epoll()
        try:
            self._names = Names()
        except BaseException:
            self._waiting.close()
            raise
        try:
            folders, mounts = self._names.files()
            self._waiting.register(folders, select.EPOLLIN)
            self._waiting.register(mounts, select.EPOLLPRI)
            self._open("", 0)
            self._follow()
            self._polled = poll() if poll else None
            self._next = time.monotonic() + _EVERY
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Changes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hear no more, and give every file back."""
        for name in list(self._ears):
            self._close(name)
        self._names.close()
        self._waiting.close()

    def wait(self, timeout: float, quiet: float = 0.2, also: Iterable[int] = ()) -> set[str]:
        """The kinds of changes, when none has come for `quiet` seconds; empty if there is none
        within `timeout` seconds, or when a file of `also` can be read first. Then changes that
        have come already wait for the next call."""
        self._stack.enter("")
        poller = select.poll()
        for fd in (self._waiting.fileno(), *also):
            poller.register(fd, select.POLLIN)
        end = time.monotonic() + timeout
        self._look()
        while True:
            now = time.monotonic()
            due = min(self._last + quiet, self._first + _MOST) if self._pending else end
            if now >= due:
                return self._take()
            until = min(due, self._next) if self._poll else due
            ready = [fd for fd, _ in poller.poll(max(0, 1000 * (until - now)) + 1)]
            if self._waiting.fileno() in ready:
                self._note(self._heard())
            if any(fd != self._waiting.fileno() for fd in ready):
                return set()
            if time.monotonic() >= self._next:
                self._look()

    def drain(self) -> set[str]:
        """The kinds of changes that have come up to now, at once."""
        self._stack.enter("")
        self._note(self._heard())
        self._look()
        return self._take()

    def picture(self) -> object:
        """What there is of the kinds `PICTURED`, to be compared with another one."""
        return picture(self._stack)

    def _take(self) -> set[str]:
        taken, self._pending = self._pending, set()
        return taken

    def _note(self, kinds: set[str]) -> None:
        if kinds:
            self._last = time.monotonic()
            if not self._pending:
                self._first = self._last
            self._pending |= kinds

    def _look(self) -> None:
        """Look at what the kernel has no event for."""
        if self._poll:
            before, self._polled = self._polled, self._poll()
            self._next = time.monotonic() + _EVERY
            self._note({POLLED} if self._polled != before else set())

    def _heard(self) -> set[str]:
        kinds: set[str] = set()
        look = False
        for fd, _ in self._waiting.poll(0):
            ear = self._by_file.get(fd)
            if ear:
                kinds |= ear.hear()
            else:
                look |= fd in self._names.files()
        if look and self._names.changed():
            kinds.add(NAMESPACE)
            self._follow()
        return kinds

    def _follow(self) -> None:
        """An ear in each namespace that has a name now, and in no other."""
        now = self._names.now
        for name, (inode, _) in list(self._ears.items()):
            if name and now.get(name) != inode:
                self._close(name)
                self._stack.forget(name)
        for name, inode in now.items():
            if inode and name not in self._ears:
                self._open(name, inode)

    def _open(self, name: str, inode: int) -> None:
        raise_limit(2 * len(self._ears) + 128)
        ear = None
        with suppress(NotFound):  # it has just lost its name, which will be heard of
            try:
                with inside(netns.path(name) if name else ""):
                    ear = Ear()
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.ENOENT):
                    raise
        if ear:
            self._ears[name] = inode, ear
            for fd in ear.files():
                self._by_file[fd] = ear
                self._waiting.register(fd, select.EPOLLIN)

    def _close(self, name: str) -> None:
        _, ear = self._ears.pop(name)
        for fd in ear.files():
            del self._by_file[fd]
            self._waiting.unregister(fd)
        ear.close()
