"""Where an exercise is under work, and that nothing of it stays."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from nsnet.kernel import netns, sandbox
from nsnet.kernel.apply import StepFailed
from nsnet.kernel.errors import KernelError, NotFound, PreconditionError
from nsnet.labs import attempt, baseline, library, session
from tests import support
from tests.labs import tiny
from tests.support import run


def one() -> attempt.Attempt:
    return session.start(library.find("one"), 1)


def test_in_its_sandbox(learner: dict[str, str]) -> None:
    now = one()
    assert attempt.require() == now
    assert now.where == "sandbox"
    assert session.alive(now)
    assert not session.here()
    names = session.inside(lambda: sorted(netns.names()))
    assert names == ["c1", "outside"]
    assert session.inside(session.here)
    assert session.inside(lambda: attempt.require().exercise) == "one"
    assert netns.names() == {}
    session.end()
    assert attempt.load() is None
    assert sandbox.find(session.NAME) is None


def test_from_within_a_namespace_of_it(learner: dict[str, str]) -> None:
    """Who works in `ip netns exec c1 bash` is brought to the exercise's host."""
    one()

    def work() -> bool:
        home = netns.inode()
        netns.enter(netns.open_named("c1"))
        assert netns.inode() != home
        return session.inside(netns.inode) == home

    assert session.inside(work)


def test_what_work_raises_comes_back(learner: dict[str, str]) -> None:
    one()

    def fail(error: BaseException) -> None:
        raise error

    with pytest.raises(NotFound, match=r"^no such: a thing$"):
        session.inside(lambda: fail(NotFound("no such", "a thing")))
    with pytest.raises(KernelError, match="cannot x: because") as caught:
        session.inside(lambda: fail(StepFailed("x", "because", 95, ())))
    assert caught.value.exit_code == 4
    with pytest.raises(KeyboardInterrupt):
        session.inside(lambda: fail(KeyboardInterrupt()))
    with pytest.raises(KernelError, match="left early"):
        session.inside(lambda: os._exit(3))


def test_a_scene_that_cannot_be_put_up_leaves_nothing(learner: dict[str, str]) -> None:
    tiny.spoil(learner)
    with pytest.raises(KernelError, match="ip link add x"):
        one()
    assert attempt.load() is None
    assert sandbox.find(session.NAME) is None


def test_a_scene_that_is_gone(learner: dict[str, str]) -> None:
    with pytest.raises(NotFound, match="nothing is under work: nsnet lab start"):
        session.inside(lambda: None)
    now = one()
    sandbox.stop(session.NAME)
    assert not session.alive(now)
    with pytest.raises(session.Gone, match=r"scene of one is gone.*see: nsnet lab reset"):
        session.inside(lambda: None)
    with attempt.changing() as changed:
        changed.user += 1
    with pytest.raises(PreconditionError, match="one is under work as user"):
        session.inside(lambda: None)


def test_on_the_machine_itself(learner: dict[str, str]) -> None:
    """Everything that was there before is as it was; a way out and a namespace of others stay."""
    with support.fresh_host():
        _furnish()
        before = support.picture()
        _use_the_machine()
        assert support.differences(before, support.picture()) == []
        assert session.leftovers() == []
        assert baseline.load() is None


def _furnish() -> None:
    run("ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1")
    run("ip", "address", "add", "192.0.2.9/24", "dev", "up0")
    for device in ("up0", "up1"):
        run("ip", "link", "set", device, "up")
    run("ip", "route", "add", "default", "via", "192.0.2.1")
    run("ip", "netns", "add", "theirs")
    run("nft", "add", "table", "ip", "theirs")
    run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0")


def _use_the_machine() -> None:
    now = session.start(library.find("one"), 1, host=True)
    assert now.where == "host"
    assert session.alive(now)
    assert run("ip", "route", "show", "default").split()[2] == "192.0.2.1"
    assert support.pings("", "198.51.100.1")
    assert run("sysctl", "-n", "net.ipv4.ip_forward").strip() == "0"
    assert session.inside(lambda: "c1" in netns.names())
    _mess_up()
    told = session.leftovers()
    for line in ("remove namespace c1", "remove namespace mine", "set net.ipv4.ip_forward=1"):
        assert line in told
    assert not [line for line in told if "theirs" in line or line.endswith("interface up0")]
    session.end()


def _mess_up() -> None:
    run("ip", "netns", "add", "mine")
    run("ip", "link", "add", "odd", "type", "bridge")
    run("nft", "add", "table", "inet", "mine")
    run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=2", "net.ipv4.conf.all.route_localnet=1")
    words = [
        "env",
        "NSNET_SERVE=lab",
        "setsid",
        sys.executable,
        "-c",
        "import time; time.sleep(99)",
    ]
    if os.fork() == 0:
        os.execvp(words[0], words)
    words = ["ip", "netns", "exec", "mine", "sleep", "99"]
    if os.fork() == 0:
        os.execvp(words[0], words)
    support.run("sleep", "0.1")


def test_the_same_exercises_from_any_folder(
    learner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, name = os.path.split(learner["NSNET_LABS"])
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NSNET_LABS", name)
    one()

    def work() -> str:
        os.chdir("/")
        return library.find("one").id

    assert session.inside(work) == "one"


def test_what_cannot_be_handed_back_is_told(learner: dict[str, str]) -> None:
    one()
    with pytest.raises(AttributeError, match="pickle"):
        session.inside(lambda: lambda: 0)


def test_an_interrupt_is_meant_for_the_child(
    learner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody would wait for it: Ctrl-C in the moment between its beginning and our waiting."""
    one()
    fork = os.fork

    def interrupted() -> int:
        monkeypatch.setattr(os, "fork", fork)
        if child := fork():
            # To this thread: pytest-xdist has another one, which would take it.
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        return child

    monkeypatch.setattr(os, "fork", interrupted)
    assert session.inside(lambda: "done") == "done"
