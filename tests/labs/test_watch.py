"""The loop of `nsnet lab watch`, with real changes (nsnet.labs.watch)."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import pytest

from nsnet.diagnose.ladder import diagnose
from nsnet.diagnose.places import Places
from nsnet.diagnose.trace import trace
from nsnet.kernel.changes import Changes
from nsnet.kernel.changes.unheard import unheard
from nsnet.kernel.crowd import Crowd
from nsnet.kernel.keyboard import Keyboard
from nsnet.kernel.netns import path
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from nsnet.labs import watch as loop
from nsnet.labs.watch import watch
from tests.kernel.test_changes import clear, sh


class Seen:
    """What was shown: the kinds of changes before each check, and the results."""

    def __init__(self) -> None:
        self.kinds: list[set[str]] = []
        self.results: list[object] = []
        self.ended = 0

    def begin(self, kinds: set[str]) -> None:
        self.kinds.append(kinds)

    def result(self, result: object) -> None:
        self.results.append(result)

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def two(host: None) -> Iterator[None]:
    """Two namespaces on a cable; nothing happens by itself any more."""
    sh(
        """
        for each in c1 c2; do ip netns add $each
            ip netns exec $each sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
                net.ipv6.conf.default.disable_ipv6=1; ip -n $each link set lo up; done
        ip -n c1 link add eth0 type veth peer eth0 netns c2
        ip -n c1 address add 10.0.0.1/24 dev eth0; ip -n c2 address add 10.0.0.2/24 dev eth0
        ip -n c1 link set eth0 up; ip -n c2 link set eth0 up
        nft add table ip old; ip netns exec c2 nft add table ip old
        """
    )
    with Stack() as stack, Changes(stack) as changes:
        while changes.wait(1.2):
            pass
    yield
    clear()


def watched(
    check: Callable[[], Iterator[object]],
    learner: str,
    keys: Mapping[str, Callable[[], bool]] | None = None,
) -> Seen:
    """Watch while the learner's script runs; ``key x`` in it types x, and its end ends it all."""
    seen = Seen()
    hear, say = os.pipe()
    script = f"exec 3>&1 >&2; key() {{ printf %s $1 >&3; }}; {learner}"
    done = None
    try:
        with Stack() as stack, Changes(stack, unheard) as changes, Keyboard(hear) as keyboard:
            done = subprocess.Popen(["sh", "-ec", script], stdout=say)
            os.close(say)
            watch(changes, check, seen, {"q": lambda: True, **(keys or {})}, keyboard)
    finally:
        os.close(hear)
        if done:
            assert done.wait() == 0
    return seen


def nothing() -> Iterator[object]:
    yield "looked"


@pytest.mark.usefixtures("two")
def test_it_checks_at_once_and_after_each_burst() -> None:
    learner = """
        sleep 0.3
        for n in 1 2 3 4 5; do ip -n c1 address add 10.9.0.$n/32 dev eth0; done
        sleep 0.6
        ip -n c1 route add default via 10.0.0.2
        sleep 0.6
    """
    assert watched(nothing, learner).kinds == [set(), {"address", "route"}, {"route"}]


@pytest.mark.usefixtures("two")
def test_what_a_check_does_starts_no_other() -> None:
    def check() -> Iterator[object]:
        with Stack() as stack, Crowd() as crowd:
            places = Places(Survey(stack), {})
            assert crowd.open(path("c2"), "somebody", 8080)
            for target in ("10.0.0.2:8080", "10.0.0.2:81"):
                origin = places.source("c1")
                aim = places.target(target, origin)
                yield diagnose(stack, places, origin, aim, "").exit_code
                yield trace(stack, places, origin, aim, "tcp", 1.0).walk.arrived

    seen = watched(check, "sleep 1.5")
    assert seen.results == [0, True, 1, False]


@pytest.mark.usefixtures("two")
def test_a_route_for_a_moment_starts_no_other_but_one_of_the_learner_beside_it_does() -> None:
    times = 0

    def check() -> Iterator[object]:
        nonlocal times
        times += 1
        sh("ip -n c1 route add 10.8.0.1 via 10.0.0.2; ip -n c1 route delete 10.8.0.1")
        if times == 2:
            sh("ip -n c1 route add 10.7.0.0/24 via 10.0.0.2")
        yield times

    assert watched(check, "sleep 0.8; key c; sleep 1").results == [1, 2, 3]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    "script",
    [
        "ip -n c1 address add 10.9.0.1/32 dev eth0",
        "ip netns exec c2 nft add table ip mine",
        "ip netns exec c2 sysctl -qw net.ipv4.conf.eth0.route_localnet=1",
        "ip netns add c3",
    ],
)
def test_what_the_learner_does_meanwhile_starts_another(script: str) -> None:
    times = 0

    def check() -> Iterator[object]:
        nonlocal times
        times += 1
        if times == 1:
            sh(script)
        yield times

    seen = watched(check, "sleep 1.2")
    assert seen.results == [1, 2]
    assert seen.kinds[1]


@pytest.mark.usefixtures("two")
def test_a_check_that_changes_something_does_not_run_without_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "QUIET", 0.02)
    times: list[float] = []

    def check() -> Iterator[object]:
        times.append(time.monotonic())
        sh(f"ip -n c1 address add 10.9.0.{len(times)}/32 dev eth0")
        yield ""

    watched(check, "sleep 1.5")
    pauses = [after - before for before, after in pairwise(times)]
    assert pauses[0] < 0.2 < pauses[-1]
    assert len(times) < 12


@pytest.mark.usefixtures("two")
def test_a_server_that_is_started_is_noticed() -> None:
    learner = """
        sleep 0.3; ip netns exec c2 python3 -c '
import socket, time; s = socket.create_server(("", 80)); time.sleep(0.7)'; sleep 0.8
    """
    assert watched(nothing, learner).kinds == [set(), {"polled"}, {"polled"}]


@pytest.mark.usefixtures("host")
def test_keys() -> None:
    pressed: list[str] = []

    def press(key: str) -> bool:
        pressed.append(key)
        return False

    keys = {each: partial(press, each) for each in "ht"}
    seen = watched(nothing, "sleep 0.2; key h; sleep 0.1; key tc; sleep 0.3; key q", keys)
    assert pressed == ["h", "t"]
    assert len(seen.kinds) == 2


@pytest.mark.usefixtures("host")
def test_q_ends_it_in_the_middle_of_a_check() -> None:
    def check() -> Iterator[object]:
        for n in range(20):
            time.sleep(0.1)
            yield n

    seen = watched(check, "sleep 0.3; key q")
    assert 1 < len(seen.results) < 10
    assert not seen.ended


@pytest.mark.usefixtures("host")
def test_a_change_is_not_lost_to_a_key() -> None:
    learner = "sleep 0.3; ip netns add c1; key h; sleep 0.1; key h; sleep 0.8; ip netns delete c1"
    seen = watched(nothing, learner, {"h": lambda: False})
    assert "namespace" in seen.kinds[1]
    clear()


def mode(fd: int) -> int:
    return int(termios.tcgetattr(fd)[3]) & (termios.ECHO | termios.ICANON)


@contextmanager
def at_a_terminal(work: Callable[[], None]) -> Iterator[tuple[int, int]]:
    """A child that works with a terminal of its own: its pid, and our end of the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield pid, terminal
    finally:
        os.close(terminal)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def until(terminal: int, wanted: bool) -> bool:
    """Does the terminal become one for single keys (or, as it was)?"""
    limit = time.monotonic() + 3
    while time.monotonic() < limit:
        if (mode(terminal) == 0) == wanted:
            return True
        time.sleep(0.01)
    return False


def test_the_terminal_is_as_it_was_after_an_error() -> None:
    def work() -> None:
        with Keyboard() as keyboard:
            while "x" not in keyboard.typed():
                time.sleep(0.01)
            raise KeyboardInterrupt

    with at_a_terminal(work) as (_, terminal):
        assert until(terminal, True)
        os.write(terminal, b"\x1b[Ax")  # An arrow is no key of ours, nor is what comes with it.
        time.sleep(0.1)
        os.write(terminal, b"x")
        assert until(terminal, False)


def test_a_stopped_one_gives_the_terminal_back() -> None:
    def shell() -> None:
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(0, os.getpid())
            with Keyboard():
                time.sleep(10)
            os._exit(0)
        os.waitpid(child, os.WUNTRACED)
        time.sleep(0.3)
        os.kill(child, signal.SIGCONT)
        os.waitpid(child, 0)

    with at_a_terminal(shell) as (_, terminal):
        assert until(terminal, True)
        os.write(terminal, b"\x1a")
        assert until(terminal, False)
        assert until(terminal, True)
