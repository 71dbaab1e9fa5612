"""nsnet lab watch, as it is typed."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.terminal import COMMAND, ROOT, environment, nsnet
from tests.labs import tiny
from tests.labs.conftest import learner

__all__ = ["learner"]
pytestmark = pytest.mark.usefixtures("learner")

_WATCH = [*COMMAND, "lab", "watch", "--lang", "en"]


def start(*words: str) -> None:
    assert nsnet("lab", "start", "--no-shell", *words).code == 0


def solve() -> None:
    assert nsnet("lab", "shell", stdin=tiny.SOLVE + "\n").code == 0


class Screen:
    """What has been printed into a file."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.text = ""

    def until(self, words: str, seconds: float = 10) -> bool:
        """Does it say so?"""
        limit = time.monotonic() + seconds
        while words not in self.text and time.monotonic() < limit:
            if select.select([self._fd], [], [], 0.1)[0]:
                try:
                    self.text += os.read(self._fd, 4096).decode(errors="replace")
                except OSError:  # the other end is closed
                    break
        return words in self.text


@contextmanager
def at_a_terminal() -> Iterator[tuple[int, int, Screen]]:
    """It is typed: its pid, the terminal, what is seen there."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(_WATCH[0], _WATCH, environment(TERM="dumb"))
    try:
        yield pid, terminal, Screen(terminal)
    finally:
        os.close(terminal)


def single_keys(terminal: int) -> bool:
    return not termios.tcgetattr(terminal)[3] & (termios.ECHO | termios.ICANON)


def test_without_a_terminal_it_says_what_each_change_led_to() -> None:
    start()
    pipe = subprocess.PIPE
    with subprocess.Popen(_WATCH, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe) as watch:
        assert watch.stdin
        assert watch.stdout
        seen = Screen(watch.stdout.fileno())
        assert seen.until("LO_DOWN: ")
        assert seen.until("not checked yet")
        solve()  # Somebody else may be in there at the same time.
        assert seen.until("changed: interfaces")
        assert seen.until("one is solved.")
        watch.stdin.close()
        assert watch.wait(5) == 0
    assert nsnet("lab", "status").out.endswith("1 of 2 exercises solved\n")


def test_at_a_terminal_with_keys() -> None:
    start()
    with at_a_terminal() as (pid, terminal, seen):
        assert seen.until("q quit")
        assert single_keys(terminal)
        for key, words in (
            (b"h", "Where to look"),
            (b"n", "It is not solved yet."),
            (b"s", "0 of 2 exercises solved"),
            (b"p", "Number (Enter: none): "),
            (b"2\n", "Noted: 2."),
            (b"t", "of c1 work"),
            (b"?", "begin this one anew"),
            (b"x", "y yes"),
            (b"y", "preparing one"),
        ):
            seen.text = ""
            os.write(terminal, key)
            assert seen.until(words), f"{key!r}: {seen.text}"
        assert seen.until("LO_DOWN")
        assert seen.until("q quit")
        os.write(terminal, b"q")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_terminal_is_given_back_when_it_is_killed() -> None:
    start()
    with at_a_terminal() as (pid, terminal, seen):
        assert seen.until("q quit")
        assert single_keys(terminal)
        os.kill(pid, signal.SIGTERM)
        limit = time.monotonic() + 5
        while single_keys(terminal) and time.monotonic() < limit:
            time.sleep(0.05)
        assert not single_keys(terminal)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_it_goes_on_with_what_another_terminal_begins() -> None:
    start()
    with at_a_terminal() as (pid, terminal, seen):
        assert seen.until("q quit")
        solve()
        assert seen.until("one is solved.")
        seen.text = ""
        assert nsnet("lab", "reset", "--no-shell").code == 0
        assert seen.until("LO_DOWN"), seen.text
        assert seen.until("q quit")
        assert single_keys(terminal)
        os.write(terminal, b"q")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_it_ends_with_the_exercise() -> None:
    start()
    with at_a_terminal() as (pid, _, seen):
        assert seen.until("q quit")
        assert nsnet("lab", "stop").code == 0
        assert seen.until("ended from elsewhere")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_where_checks_are_counted_they_are_not_used_up() -> None:
    start("two")
    done = nsnet("lab", "watch")
    assert done.code != 0
    assert done.faults[0].startswith("error: cannot watch two: it allows 2 checks")
