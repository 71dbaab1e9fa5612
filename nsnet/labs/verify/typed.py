"""Typing into a shell on a terminal of its own, as a person does: line by line, each after the
prompt for it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import termios
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from select import POLLIN, poll
from types import TracebackType

from ..script import Command
from .scripted import PATIENCE, Hung

#: What colours text and moves the cursor (ECMA-48), and titles of windows.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[=>()][0-9A-B]?|\r|[\x01\x02]"
)
#: Rows and columns: wide, so that no line is broken.
_SIZE = (50, 1000)


class Keyboard:
    """`work`, which is a shell, on a terminal. `prompt` is a pattern for its prompt; `screen` all
    that was shown."""

    def __init__(self, work: Callable[[], int], prompt: str) -> None:
        self.screen, self._prompt = "", re.compile(prompt)
        self._status: int | None = None
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                os._exit(work())
            except BaseException:
                os.write(2, traceback.format_exc().encode())
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", *_SIZE, 0, 0))

    def __enter__(self) -> Keyboard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    def ready(self, patience: float = PATIENCE) -> None:
        """Wait for its first prompt. Raises `Hung`."""
        self._await(self._prompt, 0, "the shell", patience)

    def enter(self, command: Command, patience: float = PATIENCE) -> str:
        """Type a command; what it printed. Raises `Hung`. (A Tab would complete a word: there are
        none, which `<<-` does not mind.)"""
        begun = len(self.screen)
        lines = command.text.split("\n")
        for place, line in enumerate(lines):
            start = len(self.screen)
            os.write(self._fd, line.lstrip("\t").replace("\t", " ").encode() + b"\n")
            last = place == len(lines) - 1
            what = f"line {command.line}: {command.brief}"
            self._await(self._prompt if last else re.compile(r"\n> $"), start, what, patience)
        said = self.screen[begun:].partition("\n")[2]
        return said.rpartition("\n")[0]

    def say(self, text: str, patience: float = PATIENCE) -> str:
        """Type a line that stands in no script."""
        return self.enter(Command(text, 0), patience)

    def leave(self, patience: float = PATIENCE) -> int:
        """Type `exit`; the status it ends with. Raises `Hung`."""
        os.write(self._fd, b"exit\n")
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            # Not until nobody has the terminal: what was left running with & may keep it open.
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
                return self._status
            if not self._read(time.monotonic() + 0.02):
                time.sleep(0.01)
        raise Hung("exit", "the shell does not end")

    def _await(self, prompt: re.Pattern[str], start: int, what: str, patience: float) -> None:
        """Read until a line, the last one, is the prompt."""
        limit = time.monotonic() + patience
        while not ("\n" in self.screen[start:] or not start) or not prompt.search(
            self.screen, start
        ):
            if not self._read(limit):
                ended = "the shell has ended" if time.monotonic() < limit else ""
                why = ended or f"there is no prompt after {patience:.0f} s"
                raise Hung(what, f"{why}; last seen: {self.screen[-300:].strip()!r}")

    def _read(self, limit: float) -> bool:
        """More of what it shows; False when there will be none, or not in time."""
        asking = poll()
        asking.register(self._fd, POLLIN)
        if not asking.poll(max(0, 1000 * (limit - time.monotonic()))):
            return False
        try:
            piece = os.read(self._fd, 1 << 16)
        except OSError:  # EIO: nobody has the other end any more.
            return False
        self.screen += _ESCAPES.sub("", piece.decode(errors="replace"))
        return bool(piece)
