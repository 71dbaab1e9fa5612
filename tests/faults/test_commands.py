"""Single commands that fail, or are killed, at any step, or that meet a damaged host."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from nsnet.engine import clean, session
from nsnet.engine.engine import Engine
from nsnet.kernel.apply import StepFailed
from nsnet.kernel.stack import Stack
from nsnet.operations import containers, find, networks
from nsnet.plan.diff import Change
from nsnet.plan.step import Step
from nsnet.topology.codec import plain
from nsnet.topology.model import BY_HAND, Attachment, Container, Link, Network, Pool, Port
from tests.faults.test_rollback import Impossible
from tests.kernel.test_equivalence import told
from tests.kernel.test_operations import IDLE, box, clear, nothing_to_do
from tests.support import differences, picture, run

pytestmark = pytest.mark.usefixtures("host")

Command = Callable[[Engine], object]


def neighbours(engine: Engine) -> None:
    """Two networks, a container on both, one with a port, one that shares, one that is stopped."""
    networks.create(engine, Network("n", pools=(Pool("10.9.0.0/24"),)))
    networks.create(engine, Network("m", pools=(Pool("10.8.0.0/24"),)))
    containers.run(engine, box("p", "n", ports=(Port(80, 8080),)))
    both = (Attachment("n", links=(Link("p", "peer"),)), Attachment("m", aliases=("al",)))
    containers.run(engine, Container("q", attachments=both, command=IDLE))
    containers.run(engine, Container("side", mode="container", share="p", command=IDLE))
    containers.create(engine, box("s", "n", ports=(Port(80, 8081), Port(53, 8053, "udp"))))


COMMANDS: dict[str, Command] = {
    "start": lambda engine: containers.start(engine, "s"),
    "connect": lambda engine: networks.connect(engine, "m", "p", Attachment("m", aliases=("x",))),
    "disconnect": lambda engine: networks.disconnect(engine, "n", "q"),
    "last": lambda engine: networks.disconnect(engine, "n", "p"),
    "stop": lambda engine: containers.stop(engine, "p", 0),
    "rm": lambda engine: containers.remove(engine, "q", force=True),
    "rename": lambda engine: containers.rename(engine, "p", "z"),
    "rename s": lambda engine: containers.rename(engine, "s", "z"),
    "network create": lambda engine: networks.create(engine, Network("new", enable_ipv6=True)),
    "network rm": lambda engine: networks.remove(engine, "free"),
    "pause": lambda engine: containers.pause(engine, "q"),
}
#: Those that end a process before the first step: that is not taken back.
ENDING = ("stop", "rm")


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    empty = picture()
    yield engine
    clean.clean()
    assert not differences(empty, picture())
    assert not clean.find()


class Trap:
    """Puts a step into every plan that is longer than `position`."""

    def __init__(self, step: Callable[[int], Step], position: int) -> None:
        self.step, self.position, self.sprung = step, position, False

    def into(self, found: list[Change]) -> list[Change]:
        if self.position <= len(found) and found:
            phase = found[min(self.position, len(found) - 1)].step.phase
            found.insert(self.position, Change("+", self.step(phase)))
            self.sprung = True
        return found

    @contextmanager
    def set(self) -> Iterator[None]:
        way_back = session.Session.way_back
        with pytest.MonkeyPatch.context() as patch:
            for name in ("changes", "edits"):
                real = getattr(session.diff, name)
                patch.setattr(session.diff, name, lambda *a, real=real: self.into(real(*a)))

            def safely(*args: Any) -> Any:
                position, self.position = self.position, 1 << 30
                try:
                    return way_back(*args)
                finally:
                    self.position = position

            patch.setattr(session.Session, "way_back", safely)
            yield


def record(engine: Engine) -> dict[str, object]:
    """What is recorded, without what may differ."""
    state = engine.state()
    return {
        name: {
            "layout": plain(each.layout),
            "complete": each.complete,
            "processes": {key: plain(p) for key, p in each.processes.items()},
            "leftovers": [plain(left) for left in each.leftovers],
        }
        for name, each in state.records.items()
    }


def everything(engine: Engine) -> dict[str, Any]:
    return {**picture(), "told": told(), "record": record(engine)}


def names_work() -> None:
    """The resolver answers: q is asked for whom it sees."""
    assert "10.9.0.2" in run("ip", "netns", "exec", "q", "getent", "hosts", "p")
    assert "10.9.0.2" in run("ip", "netns", "exec", "q", "getent", "hosts", "peer")


def set_up(engine: Engine, name: str) -> None:
    neighbours(engine)
    if name == "network rm":
        networks.create(engine, Network("free"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_fails_at_any_step_changes_nothing(engine: Engine, name: str) -> None:
    set_up(engine, name)
    if name == "stop":
        ended(engine, "p")
    if name == "rm":
        ended(engine, "q")
    before = everything(engine)
    for position in range(1000):
        trap = Trap(Impossible, position)
        with trap.set():
            try:
                COMMANDS[name](engine)
            except StepFailed:
                pass
            else:
                break
        assert not differences(before, everything(engine)), position
        if name not in ENDING:
            assert nothing_to_do(engine) == [], position
            names_work()
    assert not trap.sprung or position, "it did something"
    assert nothing_to_do(engine) == []
    clear(engine)


def ended(engine: Engine, name: str) -> None:
    """Its command ends; nobody is there to see to it."""
    found = find.container(engine.state(), name)
    containers._end(found, 0)


class Die(Impossible):
    """Nothing is sent after this, and nothing is taken back."""

    def apply(self, stack: Stack) -> None:
        stack.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def killed(command: Command, position: int) -> bool:
    """Was it killed, in a process of its own, before step `position`?"""
    child = os.fork()
    if child == 0:
        try:
            with Trap(Die, position).set():
                command(Engine())
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, how = os.waitpid(child, 0)
    assert os.WIFSIGNALED(how) or os.WEXITSTATUS(how) == 0
    return os.WIFSIGNALED(how)


def next_command(engine: Engine) -> None:
    """Another command: it repairs."""
    networks.create(engine, Network("later"))
    assert engine.state().records[BY_HAND].complete
    assert nothing_to_do(engine) == []
    clear(engine)


def down(engine: Engine) -> None:
    if BY_HAND in engine.state().records:
        engine.down(BY_HAND)


def clean_up(engine: Engine) -> None:
    assert not clean.clean()[1]


def clean_without_state(engine: Engine) -> None:
    shutil.rmtree("/run/nsnet", ignore_errors=True)
    assert not clean.clean()[1]


WAYS = (next_command, down, clean_up, clean_without_state)


@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_killed_after_any_step_is_repaired(engine: Engine, name: str, part: int) -> None:
    empty = picture()
    for position in range(part, 1000, 2):
        set_up(engine, name)
        was_killed = killed(COMMANDS[name], position)
        WAYS[(position // 2 + part) % len(WAYS)](engine)
        assert not differences(empty, picture()), position
        assert not clean.find(), position
        if not was_killed:
            break
