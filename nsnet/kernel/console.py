"""Our own terminal while we are attached to somebody else's: raw mode, size, keys, signals."""

from __future__ import annotations

import os
import signal
import termios
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from .errors import KernelError

#: What Docker uses where nothing else is wished for.
DETACH_KEYS = "ctrl-p,ctrl-q"

_CONTROL = "@abcdefghijklmnopqrstuvwxyz[\\]^_"


class Keys:
    """Finds the detach keys in what is typed. Raises `KernelError` for keys that are none."""

    def __init__(self, text: str = "") -> None:
        self.codes = bytes(_code(word, text) for word in (text or DETACH_KEYS).split(","))
        self._found = 0

    def feed(self, typed: bytes) -> tuple[bytes, bool]:
        """What to pass on, and whether the keys are complete now. A beginning of them is held
        back until the next key shows whether it is one."""
        passed = bytearray()
        for code in typed:
            if code != self.codes[self._found]:
                passed += self.codes[: self._found]
                self._found = 0
            if code == self.codes[self._found]:
                self._found += 1
                if self._found == len(self.codes):
                    self._found = 0
                    return bytes(passed), True
            else:
                passed.append(code)
        return bytes(passed), False


def _code(word: str, text: str) -> int:
    """A key as Docker writes it: one character, or ctrl- and a letter or one of ``@[\\]^_``."""
    name = word.removeprefix("ctrl-").lower()
    if word.startswith("ctrl-") and len(name) == 1 and name in _CONTROL:
        return _CONTROL.index(name)
    if len(word) == 1 and word.isascii():
        return ord(word)
    raise KernelError(
        f"invalid detach keys {text!r}", "write keys with commas between them: ctrl-p,ctrl-q"
    )


def terminal_size(*fds: int) -> tuple[int, int]:
    """Rows and columns of the first of these that is a terminal; (0, 0) if none is."""
    for fd in fds or (0, 1, 2):
        with suppress(OSError):
            size = os.get_terminal_size(fd)
            return size.lines, size.columns
    return 0, 0


class Raw:
    """A terminal that hands every key on as it is."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._before = termios.tcgetattr(fd)

    def set(self) -> None:
        """Into raw mode (cfmakeraw, termios(3)); what has been typed already is not lost."""
        mode = termios.tcgetattr(self._fd)
        mode[0] &= ~(
            termios.IGNBRK | termios.BRKINT | termios.PARMRK | termios.ISTRIP | termios.INLCR
        )
        mode[0] &= ~(termios.IGNCR | termios.ICRNL | termios.IXON)
        mode[1] &= ~termios.OPOST
        mode[2] = mode[2] & ~(termios.CSIZE | termios.PARENB) | termios.CS8
        mode[3] &= ~(termios.ECHO | termios.ECHONL | termios.ICANON | termios.ISIG)
        mode[3] &= ~termios.IEXTEN
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def restore(self) -> None:
        """As it was before."""
        with suppress(termios.error):  # it has been hung up
            termios.tcsetattr(self._fd, termios.TCSANOW, self._before)


class Signals:
    """Signals that came, instead of what they do otherwise; `fd` is readable when some did
    (-1 outside of the main thread, where none can be caught)."""

    def __init__(self) -> None:
        self.fd = -1
        self._came: list[int] = []

    def take(self) -> list[int]:
        """Those that came since the last call."""
        if self.fd >= 0:
            with suppress(BlockingIOError):
                os.read(self.fd, 4096)
        came, self._came = self._came, []
        return came

    def note(self, number: int, _: FrameType | None) -> None:
        """A signal handler."""
        self._came.append(number)


@contextmanager
def watching(numbers: Iterable[int]) -> Iterator[Signals]:
    """Collect these signals meanwhile; those that are ignored stay so (nohup)."""
    signals = Signals()
    wanted = [each for each in numbers if signal.getsignal(each) is not signal.SIG_IGN]
    hear, say = os.pipe()
    os.set_blocking(hear, False)
    os.set_blocking(say, False)
    before: dict[int, object] = {}
    try:
        try:
            wakeup = signal.set_wakeup_fd(say, warn_on_full_buffer=False)
        except ValueError:  # not the main thread
            yield signals
            return
        signals.fd = hear
        try:
            for number in wanted:
                before[number] = signal.signal(number, signals.note)
            yield signals
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]
            signal.set_wakeup_fd(wakeup)
    finally:
        os.close(hear)
        os.close(say)
