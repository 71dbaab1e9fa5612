"""One lab used by many at once: threads that ask and change it, Ctrl-C at any moment, forks."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from typing import Any

import pytest

from nsnet import Container, KernelError, Lab, Network, TopologyError


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab("test") as made:
        yield made


@pytest.fixture
def crowd(lab: Lab) -> tuple[list[Network], list[Container]]:
    networks = [lab.network(f"n{number}") for number in range(3)]
    containers = [lab.container(f"c{number}", networks[number % 3]) for number in range(6)]
    lab.up()
    return networks, containers


def test_ten_threads_ask_and_change_one_lab(
    lab: Lab, crowd: tuple[list[Network], list[Container]]
) -> None:
    networks, containers = crowd

    def one(number: int) -> None:
        dice = random.Random(number)
        for turn in range(4):
            web, db = dice.sample(containers, 2)
            assert web.exec("echo", str(turn)).stdout == f"{turn}\n"
            try:
                dice.choice([lab.connect, lab.disconnect])(web, dice.choice(networks))
                web.ping(db, timeout=0.02)
                web.walk(db)
            except (TopologyError, KernelError) as error:
                said = str(error)
                assert any(each in said for each in ("already", "not on", "no address")), said
            own = lab.container(f"x{number}-{turn}", dice.choice(networks))
            lab.up()
            assert own.address
            lab.remove(own)

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(one, range(10))) == [None] * 10
    lab.up()
    assert not lab.plan()
    layout = lab._machine.layout
    assert layout is not None
    assert layout.topology.containers == lab.topology.containers
    assert sorted(lab.containers) == [each.name for each in containers]


def test_who_is_unplugged_by_two_is_unplugged_once(
    lab: Lab, crowd: tuple[list[Network], list[Container]]
) -> None:
    networks, containers = crowd

    def leave(_: int) -> str:
        try:
            lab.disconnect(containers[0], networks[0])
        except TopologyError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(leave, range(4)))
    assert said == ["", *["container c0: it is not on network n0"] * 3]


# --- Ctrl-C


def interrupted(after: float, work: Any) -> float:
    """Seconds that `work` goes on after Ctrl-C."""
    begun = time.monotonic()
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        work()
    timer.join()
    return time.monotonic() - begun - after


def test_ctrl_c_ends_the_waiting_for_answers(lab: Lab) -> None:
    back = lab.network("back", internal=True)
    web, db = lab.container("web", back), lab.container("db", back)
    lab.up()
    lab.partition(web, db)
    rules = lab.host.exec("nft", "-s", "list", "ruleset").stdout
    assert interrupted(0.3, lambda: lab.reach(timeout=30)) < 10
    assert interrupted(0.3, lambda: [web.trace(db, timeout=30) for _ in range(99)]) < 10
    assert interrupted(0.2, lambda: [web.why("8.8.8.8:80") for _ in range(99)]) < 10
    assert interrupted(0.1, lambda: web.resolve("example.test", timeout=30)) < 10
    assert lab.host.exec("nft", "-s", "list", "ruleset").stdout == rules
    lab.heal()
    assert web.ping(db)
    assert web.trace(db)


_STORM = """
import os, random, signal, time
from nsnet.api.unbroken import unbroken

parent = os.getpid()
signal.signal(signal.SIGINT, signal.SIG_IGN)
if (storm := os.fork()) == 0:
    while os.getppid() == parent:
        time.sleep(0.001 + random.random() * 0.003)
        os.kill(parent, signal.SIGINT)
    os._exit(0)

def once(*_):
    global armed
    if armed:
        armed = False
        raise KeyboardInterrupt

hits, end, armed = 0, time.monotonic() + 1.5, False
signal.signal(signal.SIGINT, once)
while time.monotonic() < end:
    try:
        armed = True
        assert unbroken(lambda stop: 7) == 7
        armed = False
    except KeyboardInterrupt:
        hits += 1
os.kill(storm, signal.SIGKILL)
print(hits > 20)
"""


def test_ctrl_c_at_any_moment_leaves_nobody_waiting() -> None:
    """Before the work has begun, and when it is just done, too."""
    done = subprocess.run(
        [sys.executable, "-c", _STORM],
        env={**os.environ, "PYTHONPATH": ":".join([os.getcwd(), *sys.path])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "True\n", done.stderr


# --- forks


def _forked(web: Container, queue: Queue[str]) -> None:
    try:
        queue.put(web.exec("echo", "hello").stdout)
    except KernelError as error:
        queue.put(str(error))


def test_a_forked_process_has_no_part_in_the_lab(lab: Lab) -> None:
    web = lab.container("web")
    lab.up()
    context = multiprocessing.get_context("fork")
    queue: Queue[str] = context.Queue()
    child = context.Process(target=_forked, args=(web, queue))
    child.start()
    assert "of the process that this one was forked from" in queue.get(timeout=30)
    child.join()
    assert web.exec("echo", "hello").stdout == "hello\n"
