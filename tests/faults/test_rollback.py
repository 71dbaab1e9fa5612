"""Whatever step the kernel refuses, and whenever the user stops: nothing is left."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from nsnet import demos
from nsnet.engine import session
from nsnet.engine.engine import Engine
from nsnet.kernel import link
from nsnet.kernel.apply import StepFailed, Stopped
from nsnet.kernel.errors import KernelError
from nsnet.kernel.stack import Stack
from nsnet.plan import diff
from nsnet.plan.diff import Change
from nsnet.plan.step import Step
from nsnet.topology.compose import load
from nsnet.topology.model import Topology
from tests.support import differences, picture, run

pytestmark = pytest.mark.usefixtures("host")


class Impossible(Step):
    """A step that the kernel itself refuses: it switches on what does not exist."""

    phase: int  # type: ignore[misc]
    what = "do the impossible"  # type: ignore[assignment]
    see = ""  # type: ignore[assignment]

    forgiving = False

    def apply(self, stack: Stack) -> None:
        if self.phase == 4:
            stack.transact("", "add rule ip nowhere nothing drop", self)
        else:
            link.set_up(stack.channel(""), "nonexistent0", self)


def plans(monkeypatch: pytest.MonkeyPatch, position: int) -> None:
    """Make every plan contain an impossible step at `position`."""
    real = diff.changes

    def changed(*args: Any) -> list[Change]:
        found = real(*args)
        phase = found[min(position, len(found) - 1)].step.phase
        found.insert(position, Change("+", Impossible(phase)))
        return found

    monkeypatch.setattr(session.diff, "changes", changed)


def length(topology: Topology) -> int:
    return len(Engine().plan(topology).changes)


@pytest.mark.parametrize("name", demos.names())
def test_every_failing_step_of_every_demo(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    topology = load(demos.path(name))
    before = picture()
    for position in range(length(topology) + 1):
        with monkeypatch.context() as patch:
            plans(patch, position)
            with pytest.raises(StepFailed, match="do the impossible"):
                Engine().up(topology)
        assert not differences(before, picture()), position


def test_a_failing_repair_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    topology = load(demos.path("bridge-demo"))
    Engine().up(topology)
    run("ip", "link", "delete", "veth-alpine1")
    before = picture()
    for position in range(length(topology) + 1):
        with monkeypatch.context() as patch:
            plans(patch, position)
            with pytest.raises(StepFailed):
                Engine().up(topology)
        assert not differences(before, picture()), position
    Engine().down(topology.name)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_stopping_rolls_back(count: int) -> None:
    before = picture()
    asked = itertools.count(1)
    with pytest.raises(Stopped) as stopped:
        Engine(stopping=lambda: next(asked) >= count).up(load(demos.path("voting-app")))
    assert stopped.value.exit_code == 130
    assert picture() == before


def test_a_full_disk_is_told_before_anything_is_done() -> None:
    run("mkdir", "-p", "/run/nsnet")
    run("mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=3", "tmpfs", "/run/nsnet")
    before = picture()
    with pytest.raises(KernelError, match=r"cannot (write|open).*No space left on device"):
        Engine().up(load(demos.path("voting-app")))
    assert picture() == before
    run("umount", "/run/nsnet")
    run("rm", "-rf", "/run/nsnet")


def remaining(changes: Sequence[Change]) -> list[str]:
    return [change.step.what for change in changes]


@pytest.mark.parametrize("name", ["bridge-demo", "isolation-demo"])
def test_an_up_over_what_a_killed_one_left(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill without any clean-up, after every phase: the next `up` finishes the work."""
    topology = load(demos.path(name))
    Engine().up(topology)
    whole = picture()
    Engine().down(name)
    for position in range(1, length(topology), 7):
        with monkeypatch.context() as patch:
            plans(patch, position)
            patch.setattr(session.Session, "_roll_back", lambda *args: None)
            with pytest.raises(StepFailed):
                Engine().up(topology)
        Engine().up(topology)
        assert not differences(whole, picture()), position
        assert not remaining(Engine().plan(topology).changes)
        Engine().down(name)
