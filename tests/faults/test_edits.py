"""An edited topology whose `up` fails, or is killed, at any step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nsnet.engine import session
from nsnet.engine.engine import Engine
from nsnet.kernel.apply import StepFailed
from nsnet.topology.model import Attachment, Container, Network, Pool, Port, Topology
from tests.faults.test_rollback import plans
from tests.support import children, differences, picture

pytestmark = pytest.mark.usefixtures("host")


def before() -> Topology:
    nets = (Network("t_front", key="front", pools=(Pool("10.9.0.0/24"),)), Network("t_back"))
    web = Container("web", attachments=(Attachment("t_front"),), ports=(Port(80, 8080),), stub=True)
    app = Container("app", attachments=(Attachment("t_front"), Attachment("t_back")))
    gone = Container("gone", attachments=(Attachment("t_back"),))
    return Topology("t", nets, (web, app, gone))


def after() -> Topology:
    """Another port, another MTU, isolation, another address, a container less and one more."""
    old = before()
    options = (
        ("com.docker.network.driver.mtu", "1400"),
        ("com.docker.network.bridge.enable_icc", "false"),
    )
    front = replace(old.networks[0], options=options)
    web = replace(old.containers[0], ports=(Port(80, 8081),), extra_hosts=(("x", "10.0.0.1"),))
    app = replace(old.containers[1], attachments=(Attachment("t_front", ipv4="10.9.0.99"),))
    new = Container(
        "new", attachments=(Attachment("t_back"),), sysctls=(("net.ipv4.ip_default_ttl", "9"),)
    )
    return Topology("t", (front, old.networks[1]), (web, app, new))


def steps() -> int:
    Engine().up(before())
    return len(Engine().plan(after()).changes)


@pytest.mark.parametrize("part", range(4))
def test_a_failing_edit_leaves_the_earlier_topology(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine()
    count = steps()
    for position in range(part, count + 1, 4):
        with monkeypatch.context() as patch:
            plans(patch, position)
            patch.setattr(session.Session, "way_back", way_back)
            with pytest.raises(StepFailed, match="do the impossible"):
                engine.up(after())
        assert engine.plan(before()).unchanged, position
        assert engine.up(before()).unchanged, position
    engine.down("t")


real_way_back = session.Session.way_back
real_changes = session.diff.changes


def way_back(*args: object) -> object:
    """The way back must not meet the impossible step."""
    faulty = session.diff.changes
    session.diff.changes = real_changes
    try:
        return real_way_back(*args)  # type: ignore[arg-type]
    finally:
        session.diff.changes = faulty


@pytest.mark.parametrize("part", range(4))
def test_after_a_killed_edit_up_and_down_know_everything(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine()
    empty = picture()
    count = steps()
    for position in range(part, count + 1, 8):
        with monkeypatch.context() as patch:
            plans(patch, position)
            patch.setattr(session.Session, "_roll_back", lambda *args: None)
            with pytest.raises(StepFailed):
                engine.up(after())
        engine.up(after())
        assert engine.up(after()).unchanged
        engine.up(before())
        with monkeypatch.context() as patch:
            plans(patch, position)
            patch.setattr(session.Session, "_roll_back", lambda *args: None)
            with pytest.raises(StepFailed):
                engine.up(after())
        engine.down("t")
        assert not differences(empty, picture()), position
        assert not children(wait=2)
        engine.up(before())
    engine.down("t")
