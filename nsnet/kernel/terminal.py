"""Waiting for an attached command as a shell would: its signals, its stops, its status.

The command stays in our process group. So the terminal's own Ctrl-C and Ctrl-Z reach it
without our help, also in the middle of a pipeline, and we only have to stand aside.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType

#: What the terminal sends to the whole group: the command decides what it means.
_FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT, signal.SIGTTOU)

#: What is sent to us alone, but meant for the command (``timeout 5 nsnet exec …``).
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP)

_Handler = Callable[[int, FrameType | None], None]


def attend(pid: int) -> int:
    """Wait for our child and return its exit code: its own, or 128 + the signal's number.

    When it is stopped we stop too, so that the shell we were typed into takes over, and when
    that continues us the child goes on. At the end the terminal is ours again. Signals can
    be arranged only in the main thread; elsewhere this simply waits.
    """
    try:
        before = {number: signal.signal(number, signal.SIG_IGN) for number in _FROM_TERMINAL}
    except ValueError:
        return _wait(pid)
    before |= {number: signal.signal(number, _pass_to(pid)) for number in _PASSED_ON}
    try:
        return _wait(pid)
    finally:
        _take_terminal()
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(pid: int) -> int:
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        os.kill(os.getpid(), signal.SIGSTOP)
        os.kill(pid, signal.SIGCONT)


def _pass_to(pid: int) -> _Handler:
    def handler(number: int, _: FrameType | None) -> None:
        os.kill(pid, number)

    return handler


def _take_terminal() -> None:
    """A shell that was the command made its own group the foreground one and is gone."""
    try:
        if os.isatty(0) and os.tcgetpgrp(0) != os.getpgrp():
            os.tcsetpgrp(0, os.getpgrp())
    except OSError:
        pass  # Not our controlling terminal.
