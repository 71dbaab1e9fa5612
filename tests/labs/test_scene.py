"""Scenes: the commands that they are, and what stands afterwards."""

from __future__ import annotations

import json

import pytest

from nsnet.kernel.errors import KernelError, PreconditionError
from nsnet.labs.scene import Typed, scene_steps
from nsnet.plan.step import shell
from tests.labs.made import SCENE, VALUES, exercise, situation, tidy
from tests.support import fetch, pings, run


def lines(**scene: object) -> list[str]:
    steps = scene_steps(exercise(scene), VALUES)
    found = [shell(c) for step in steps if isinstance(step, Typed) for c in step.commands()]
    return [line for line in found if not line.startswith("sysctl")]


def test_a_room_is_plain_commands() -> None:
    assert lines(rooms={"c1": {"bridge": "br0", "address": "10.1.0.2/24", "via": "${GW}"}}) == [
        "ip netns add c1",
        "ip -n c1 link set lo up",
        "ip link add veth-c1 type veth peer name eth0 address 02:42:0a:01:00:02 netns c1",
        "ip link set veth-c1 master br0",
        "ip link set veth-c1 up",
        "ip -n c1 address add 10.1.0.2/24 dev eth0",
        "ip -n c1 link set eth0 up",
        "ip -n c1 route add default via 172.17.0.1",
    ]
    assert lines(rooms={"c1": {"lo": False}}) == ["ip netns add c1"]


def test_a_host_among_several() -> None:
    found = lines(bridges={"hA/br0": {"up": False}}, rooms={"hA": {}, "t1": {"bridge": "hA/br0"}})
    assert found[2] == "ip -n hA link add br0 type bridge"
    assert "ip -n hA link set veth-t1 master br0" in found


@pytest.mark.parametrize(
    ("scene", "said"),
    [({"room": {}}, "unknown key 'room'"), ({"rooms": {"c1": {"serve": ["x"]}}}, "listen on 'x'")],
)
def test_what_is_wrong_is_said(scene: dict[str, object], said: str) -> None:
    with pytest.raises(KernelError, match=said):
        scene_steps(exercise(scene), VALUES)


def test_a_module_that_is_not_loaded() -> None:
    """What is off without it is no reason not to begin."""
    assert "no-such" not in str(scene_steps(exercise({"sysctl": {"net.bridge.no-such": 0}}), {}))
    with pytest.raises(PreconditionError, match=r"br_netfilter.*sudo modprobe br_netfilter"):
        scene_steps(exercise({"sysctl": {"net.bridge.no-such": 1}}), {})


@pytest.mark.usefixtures("host")
def test_a_scene_stands() -> None:
    more = {
        "nft": {"c2": "add table ip mine"},
        "commands": ["ip -n c2 route add 10.9.0.0/16 via ${GW}"],
        "sysctl": {"net.ipv4.ip_forward": 1},
    }
    try:
        with situation(exercise({**SCENE, **more})):
            assert pings("c1", "172.17.0.3")
            assert fetch("c2", "http://172.17.0.2/").startswith("c1 ")
            assert "table ip mine" in run("ip", "netns", "exec", "c2", "nft", "list", "tables")
            assert "10.9.0.0/16 via 172.17.0.1" in run("ip", "-n", "c2", "route")
            (link,) = json.loads(run("ip", "-j", "link", "show", "br0"))
            assert link["address"] == "02:42:ac:11:00:01"
    finally:
        tidy()


@pytest.mark.usefixtures("host")
def test_a_step_that_fails_is_named() -> None:
    try:
        with (
            pytest.raises(KernelError, match="cannot run ip link set nothing up"),
            situation(exercise({"commands": ["ip link set nothing up"]})),
        ):
            pass
    finally:
        tidy()
