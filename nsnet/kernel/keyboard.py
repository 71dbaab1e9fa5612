"""Single keys from a terminal, which is given back as it was whatever happens: also when we are
stopped (Ctrl-Z) and go on. Source: termios(3).

What is typed into a pipe or a file counts as well, up to its end.
"""

from __future__ import annotations

import os
import select
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

#: What keys such as the arrows send begins with this.
_ESCAPE = "\033"


class Keyboard:
    """The keys of the file `fd`, as they are typed, in a `with` block. Ctrl-C is still a signal.

    `ended` is set when no more will come. `fd` can be waited for.
    """

    def __init__(self, fd: int = 0) -> None:
        self.fd = fd
        self.terminal = os.isatty(fd)
        self.ended = False
        self._before: list[object] | None = None
        self._on_stop: object = None

    def __enter__(self) -> Keyboard:
        if self.terminal:
            self._before = termios.tcgetattr(self.fd)
            try:
                self._on_stop = signal.signal(signal.SIGTSTP, self._stop)
            except ValueError:  # not the main thread: there are no signals for us
                self._on_stop = None
            self._set()
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()
        if self._on_stop is not None:
            signal.signal(signal.SIGTSTP, self._on_stop)  # type: ignore[arg-type]

    def typed(self) -> str:
        """The keys that have been typed by now, without arrows and their like."""
        ready = select.poll()
        ready.register(self.fd, select.POLLIN)
        if self.ended or not ready.poll(0):
            return ""
        try:
            data = os.read(self.fd, 1024)
        except OSError:  # the terminal has been hung up, the file is closed
            data = b""
        self.ended = not data
        text = data.decode(errors="replace").partition(_ESCAPE)[0]
        return "".join(key for key in text if key.isprintable())

    @contextmanager
    def lines(self) -> Iterator[None]:
        """For a question whose answer is a whole line: the terminal as it was, for so long."""
        self._restore()
        try:
            yield
        finally:
            self._set()

    def _set(self) -> None:
        if self.terminal:
            mode = termios.tcgetattr(self.fd)
            mode[3] &= ~(termios.ECHO | termios.ICANON)
            mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self.fd, termios.TCSADRAIN, mode)

    def _restore(self) -> None:
        if self._before is not None:
            with suppress(termios.error):  # it has been hung up
                termios.tcsetattr(self.fd, termios.TCSADRAIN, self._before)  # type: ignore[arg-type]

    def _stop(self, number: int, _: FrameType | None) -> None:
        """Ctrl-Z: the shell we were typed into gets the terminal as we had it from there."""
        self._restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, self._stop)
        self._set()
