"""Waiting for an attached command as a shell would: its signals, its stops, its status.

The command stays in our process group. So the terminal's own Ctrl-C and Ctrl-Z reach it
without our help, also in the middle of a pipeline, and we only have to stand aside.

Not so with all three streams on the terminal, in another pid namespace (`lead_terminal`): there
our group has no number, and a shell that remembers whose terminal it was (dash) cannot give it
back. The command leads a group of its own, and we do for it what a shell does for its jobs.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

#: What the terminal sends to the whole group: the command decides what it means.
_FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT, signal.SIGTTOU)

#: What is sent to us alone, but meant for the command (``timeout 5 nsnet exec …``).
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP)

_Handler = Callable[[int, FrameType | None], None]


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """While a command is being started, a Ctrl-C waits: it is meant for the command. What this
    gives is called when it is known what to do with one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _FROM_TERMINAL)

    def release() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield release
    finally:
        release()


def attend(pid: int, ready: Callable[[], None] = lambda: None) -> int:
    """Wait for our child and return its exit code: its own, or 128 + the signal's number. `ready`
    is called when signals are arranged for.

    When it is stopped we stop too, so that the shell we were typed into takes over, and when
    that continues us the child goes on. At the end the terminal is ours again. Signals can
    be arranged only in the main thread; elsewhere this simply waits.
    """
    try:
        before = {number: signal.signal(number, signal.SIG_IGN) for number in _FROM_TERMINAL}
    except ValueError:
        return _wait(pid)
    before |= {number: signal.signal(number, _pass_to(pid)) for number in _PASSED_ON}
    ready()
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
        if os.WSTOPSIG(status) == signal.SIGSTOP:
            continue  # Not from the terminal: its container is paused.
        group = os.getpgid(pid)
        _take_terminal()
        os.kill(os.getpid(), signal.SIGTSTP)
        if group != os.getpgrp():
            _give_terminal(group)
        os.killpg(group, signal.SIGCONT) if group != os.getpgrp() else os.kill(pid, signal.SIGCONT)


def _pass_to(pid: int) -> _Handler:
    def handler(number: int, _: FrameType | None) -> None:
        os.kill(pid, number)

    return handler


def lead_terminal() -> None:
    """In the child, before its program: lead a group of its own that the terminal belongs to, if
    it is all ours to give."""
    if not all(os.isatty(fd) for fd in range(3)):
        return
    try:
        if os.tcgetpgrp(0) not in (os.getpgrp(), 0):
            return  # in the background
    except OSError:
        return  # not our controlling terminal
    os.setpgid(0, 0)
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    _give_terminal(os.getpgrp())
    signal.signal(signal.SIGTTOU, before)


def _give_terminal(group: int) -> None:
    with suppress(OSError):
        os.tcsetpgrp(0, group)


def _take_terminal() -> None:
    """A shell that was the command made its own group the foreground one and is gone."""
    try:
        if os.isatty(0) and os.tcgetpgrp(0) != os.getpgrp():
            os.tcsetpgrp(0, os.getpgrp())
    except OSError:
        pass  # Not our controlling terminal.
