"""Faults: what is typed and what is done is the same, and mended is as it was before, however far
it came and whatever has happened meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from nsnet.engine import clean
from nsnet.engine import faults as book
from nsnet.engine.engine import Engine
from nsnet.faults import inject as faults
from nsnet.faults.catalogue import KINDS
from nsnet.faults.errors import Unfit
from nsnet.faults.scene import Scene
from nsnet.kernel.errors import KernelError, NotFound
from nsnet.plan.script import line
from nsnet.plan.steps.fault import link
from nsnet.topology.model import Attachment, Container, Network, Topology
from tests.faulty import HAND, MADE, SHOP, machine
from tests.support import differences, picture, run, status

pytestmark = pytest.mark.usefixtures("host")

MODULES = ("wires", "ways", "filters", "translation", "programs")
#: No change of what `picture` shows in brief: a program, a flow, a file, a container's setting.
NO_PICTURE = {
    "CT.STALE",
    "APP.NOT_LISTENING",
    "APP.LOOPBACK_ONLY",
    "DNS.SILENT",
    "DNS.NO_SERVER",
    "DNS.WRONG_NS",
    "SYSCTL.ECHO_IGNORED",
    "L3.STATIC_NEIGHBOUR",
}
#: Not to be broken on these machines.
ELSEWHERE = {"MTU.OVERLAY", "VX.NO_REMOTE", "VX.VNI_MISMATCH", "VX.PORT"}


def typed(name: str) -> None:
    """The fault by the commands that it would show, and its record, as if nsnet had done it."""
    engine = Engine()
    with engine.session() as session:
        scene = Scene(session.stack, session.state, session.folder)
        kind = KINDS[name]
        thing, steps = faults._first(kind, scene, 1)
        fault = book.Fault(1, name, thing.label, tuple(steps), book.spaces_of(steps))
        book.save(session.folder, [fault])
    script = "\n".join(line(command) for step in steps for command in step.commands())
    subprocess.run(["sh", "-ec", script], check=True)


@pytest.mark.parametrize("which", ["made", "hand"])
@pytest.mark.parametrize("module", MODULES)
def test_mended_is_as_before(module: str, which: str) -> None:
    engine = Engine()
    with machine(which):
        whole, before = picture(), picture(brief=True)
        for kind in _of(module):
            faults.inject(engine, kind)
            faults.clear(engine)
            left = differences(before, picture(brief=True))
            assert not left, f"{kind} leaves {left[:3]}"
        assert differences(whole, picture()) == []


@pytest.mark.parametrize("module", MODULES)
def test_typed_is_as_done(module: str) -> None:
    engine = Engine()
    with machine("hand"):
        before = picture(brief=True)
        for kind in _of(module):
            if kind in NO_PICTURE:
                continue
            faults.inject(engine, kind)
            broken = picture(brief=True)
            assert broken != before, f"{kind} changes nothing"
            faults.clear(engine)
            typed(kind)
            other = differences(broken, picture(brief=True))
            assert not other, f"{kind} typed differs: {other[:3]}"
            faults.clear(engine)


def _of(module: str) -> list[str]:
    """The kinds of one module that these machines can have."""
    mine = [k.id for k in KINDS.values() if k.recipe.__module__.endswith(module)]
    return [each for each in mine if each not in ELSEWHERE]


@pytest.mark.parametrize("which", ["made", "hand"])
@pytest.mark.parametrize("seed", range(3))
def test_several_at_once_are_mended_together(which: str, seed: int) -> None:
    engine = Engine()
    chance = random.Random(seed)
    with machine(which):
        before = picture()
        names = [name for name in KINDS if name not in ELSEWHERE]
        done = 0
        for name in chance.sample(names, 12):
            try:
                faults.inject(engine, name)
                done += 1
            except Unfit:
                continue  # another one stands in the way
        assert done > 4
        assert len(faults.clear(engine)) == done
        left = differences(before, picture())
        assert not left, left[:5]


def break_and_die(name: str, after: int) -> None:
    """In a child: inject a fault, and be killed before its step number `after`."""
    child = os.fork()
    if child == 0:
        try:
            count = 0
            for kind in book._kinds().values():

                def apply(self: object, stack: object, old: object = kind.apply) -> None:
                    nonlocal count
                    if count == after:
                        os.kill(os.getpid(), signal.SIGKILL)
                    count += 1
                    old(self, stack)  # type: ignore[operator]

                kind.apply = apply  # type: ignore[method-assign]
            faults.inject(Engine(), name)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it came to its end before it could be killed"


@pytest.mark.parametrize(
    ("name", "which"),
    [
        ("L3.PREFIX32", "made"),
        ("L2.IP_ON_PORT", "hand"),
        ("NAT.NO_DNAT", "hand"),
        ("SYSCTL.RP_FILTER", "hand"),
    ],
)
def test_killed_in_the_middle(name: str, which: str) -> None:
    with machine(which):
        before = picture()
        engine = Engine()
        fault = faults.inject(engine, name)
        faults.clear(engine)
        for after in range(len(fault.steps)):
            break_and_die(name, after)
            assert [each.id for each in faults.injected(engine)] == [name]
            faults.clear(engine)
            left = differences(before, picture())
            assert not left, f"killed before step {after}: {left[:3]}"


def test_what_has_gone_meanwhile_is_no_trouble() -> None:
    engine = Engine()
    with machine("hand"):
        for name, on in (
            ("L1.LINK_DOWN", "blue"), ("L1.PEER_DOWN", "green"), ("L2.BRIDGE_DOWN", "sw8"),
            ("NAT.NO_MASQ", "sw7"), ("FLT.POLICY_DROP", "sw7"), ("DNS.SILENT", "blue"),
            ("APP.NOT_LISTENING", "red"), ("NAT.DNAT_DEAD", "9000"),
        ):  # fmt: skip
            faults.inject(engine, name, on)
        run("ip", "netns", "delete", "blue")
        run("ip", "link", "delete", "sw8")
        run("nft", "delete", "table", "ip", "learner")
        after = picture()
        assert len(faults.clear(engine)) == 8
        now = picture()
        now["namespaces"].pop("green"), after["namespaces"].pop("green")
        assert not any("blue" in each for each in now["namespaces"])
        assert differences(after["rules"], now["rules"]) == []
        assert faults.injected(engine) == []


def test_a_namespace_made_anew_is_left_alone() -> None:
    engine = Engine()
    with machine("hand"):
        faults.inject(engine, "L3.NO_ADDR", "blue")
        run("ip", "netns", "delete", "blue")
        run("ip", "netns", "add", "blue")
        run("ip", "link", "add", "e7", "netns", "blue", "index", "2", "type", "bridge")
        faults.clear(engine)
        assert "10.7.0.3" not in run("ip", "-n", "blue", "address")


def test_a_cable_in_the_host_goes_with_the_namespace_that_it_was_of() -> None:
    engine = Engine()
    with machine("hand"):
        faults.inject(engine, "L1.END_IN_HOST", "gray")
        assert "gray-e7" in run("ip", "link")
        run("ip", "netns", "delete", "gray")
        run("ip", "netns", "add", "gray")
        faults.clear(engine)
        assert "gray" not in run("ip", "link")
        assert "e7" not in run("ip", "-n", "gray", "link")


def test_mended_by_hand_is_no_trouble() -> None:
    engine = Engine()
    with machine("hand"):
        before = picture()
        faults.inject(engine, "L3.NO_DEFAULT", "red")
        faults.inject(engine, "L1.LO_DOWN", "red")
        faults.inject(engine, "L3.FORWARD_OFF")
        run("ip", "-n", "red", "route", "add", "default", "via", "10.7.0.1")
        run("ip", "-n", "red", "link", "set", "lo", "up")
        run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        assert len(faults.clear(engine)) == 3
        assert differences(before, picture()) == []


def test_up_repairs_and_clear_does_it_no_harm() -> None:
    engine = Engine()
    with machine("made"):
        before = picture()
        for name in ("NAT.NO_MASQ", "NAT.NO_DNAT", "L2.NO_MASTER", "L3.NO_DEFAULT", "FLT.DROP"):
            faults.inject(engine, name)
        engine.up(engine.state().records["shop"].layout.topology)
        assert len(faults.clear(engine)) == 5
        assert differences(before, picture()) == []


def test_down_takes_the_faults_along() -> None:
    engine = Engine()
    with machine("made"):
        for name in ("FLT.FOREIGN_DROP", "L3.FORWARD_OFF", "NAT.NO_DNAT", "APP.LOOPBACK_ONLY"):
            faults.inject(engine, name)
        engine.down("shop")
        assert faults.injected(engine) == []
        assert "fault" not in run("nft", "list", "ruleset")
        engine.up(SHOP)


def test_faults_of_hand_made_things_outlive_topologies() -> None:
    engine = Engine()
    with machine("hand"):
        before = picture()
        faults.inject(engine, "L3.NO_DEFAULT", "red")
        engine.up(_other())
        engine.down("other")
        assert [each.id for each in faults.injected(engine)] == ["L3.NO_DEFAULT"]
        faults.clear(engine)
        assert differences(before, picture()) == []
        assert not os.path.isdir(engine.folder)


def _other() -> Topology:
    box = Container("box", attachments=(Attachment("lan"),))
    return Topology("other", (Network("lan"),), (box,))


@pytest.mark.parametrize("recorded", [True, False])
def test_clean_leaves_nothing_of_a_fault(recorded: bool) -> None:
    with machine("hand"):
        before = picture()
        engine = Engine()
        faults.inject(engine, "FLT.FOREIGN_DROP", "sw7")
        if not recorded:
            Path(engine.folder, "faults.json").unlink()
        found = {(each.kind, each.name) for each in clean.find()}
        kind = ("fault", "1") if recorded else ("table", "ip fault-1")
        assert kind in found
        clean.clean()
        assert differences(before, picture()) == []


def test_a_program_is_deaf_and_hears_again() -> None:
    engine = Engine()
    for it in (MADE, HAND):
        with machine("made" if it.made else "hand"):
            call = ("ip", "netns", "exec", it.near, "nc", "-z", "-w1")
            there = address(it.web)
            for name in ("APP.NOT_LISTENING", "APP.LOOPBACK_ONLY"):
                assert status(*call, there, "80") == 0
                faults.inject(engine, name, it.web)
                assert status(*call, there, "80") == 1
                inside = ("ip", "netns", "exec", it.web, "nc", "-z", "-w1", "127.0.0.1", "80")
                assert status(*inside) == (1 if name == "APP.NOT_LISTENING" else 0)
                faults.clear(engine)
                assert status(*call, there, "80") == 0


def address(name: str) -> str:
    words = run("ip", "-4", "-o", "-n", name, "address", "show", "scope", "global").split()
    return words[3].partition("/")[0]


def test_a_refused_step_leaves_all_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, stack: object) -> None:
        raise OSError(95, "")

    engine = Engine()
    with machine("hand"):
        before = picture()
        monkeypatch.setattr(link.Switch, "apply", refuse)
        with pytest.raises(KernelError, match="switch e7 off"):
            faults.inject(engine, "L1.LINK_DOWN", "red")
        assert faults.injected(engine) == []
        assert differences(before, picture()) == []


def test_the_same_riddle_for_the_same_seed() -> None:
    engine = Engine()
    with machine("made"):
        before = picture()
        seen = []
        for seed in (1, 1, 2, 3, 4):
            fault = faults.surprise(engine, seed)
            assert fault.hidden
            seen.append((fault.id, fault.on))
            with pytest.raises(NotFound):
                faults.clear(engine, [fault.id])
            faults.clear(engine, [str(fault.number)])
        assert seen[0] == seen[1]
        assert len(set(seen)) > 1
        assert differences(before, picture()) == []


def test_errors_are_kind() -> None:
    engine = Engine()
    with pytest.raises(NotFound, match="nothing is up"):
        faults.surprise(engine)
    with machine("hand"):
        with pytest.raises(NotFound, match="there are blue, gray, green, red"):
            faults.inject(engine, "L1.LO_DOWN", "yellow")
        with pytest.raises(NotFound, match="there is no fault L9"):
            faults.inject(engine, "L9.NOTHING")
        with pytest.raises(Unfit, match=r"cannot inject L3.TWO_DEFAULTS on blue: .*one network"):
            faults.inject(engine, "TWO_DEFAULTS", "blue")
        with pytest.raises(NotFound, match="injected are: none"):
            faults.clear(engine, ["7"])
