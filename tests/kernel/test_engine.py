"""The engine on a real kernel: up, again up, repair, down."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Blocked, Engine
from nsnet.kernel import netns
from nsnet.kernel.apply import apply
from nsnet.kernel.errors import NotFound
from nsnet.kernel.stack import Stack
from nsnet.plan.build import desired
from nsnet.plan.step import PROCESSES
from nsnet.topology.model import (
    Attachment,
    Container,
    Network,
    Pool,
    Port,
    Topology,
    TopologyError,
)
from tests.support import differences, fetch, fresh_host, picture, pings, run, status

pytestmark = pytest.mark.usefixtures("host")


def simple(name: str = "t", count: int = 2, **extra: object) -> Topology:
    """`count` containers on the default bridge, the last of which publishes port 8080."""
    containers = [
        Container(f"{name}{i}", attachments=(Attachment("bridge"),)) for i in range(count - 1)
    ]
    web = Container(
        f"{name}web",
        attachments=(Attachment("bridge"),),
        ports=(Port(80, 8080),),
        stub=True,
    )
    return Topology(name, (Network("bridge"),), (*containers, web), **extra)  # type: ignore[arg-type]


def two_nets(name: str = "n") -> Topology:
    """a on left, b on right, ab on both."""
    left, right = (Network(f"{name}_{side}", key=side) for side in ("left", "right"))
    containers = (
        Container("a", attachments=(Attachment(left.name),)),
        Container("b", attachments=(Attachment(right.name),)),
        Container("ab", attachments=(Attachment(left.name), Attachment(right.name))),
    )
    return Topology(name, (left, right), containers)


def test_containers_reach_each_other_the_host_and_the_web() -> None:
    engine = Engine()
    engine.up(simple())
    assert pings("t0", "172.17.0.3")
    assert pings("t0", "172.17.0.1")
    assert pings("", "172.17.0.2")
    for caller in ("", "t0", "tweb"):
        answer = fetch(caller, "http://172.17.0.1:8080")
        assert answer.startswith("tweb 172.17.0.3:80 saw "), (caller, answer)
    assert fetch("", "http://127.0.0.1:8080").startswith("tweb")
    engine.down("t")


@pytest.mark.parametrize("bridged", ["0", "1"])
def test_the_same_with_and_without_br_netfilter(bridged: str) -> None:
    run("sysctl", "-w", f"net.bridge.bridge-nf-call-iptables={bridged}", check=False)
    engine = Engine()
    engine.up(simple(count=3))
    for caller in ("", "t0", "t1", "tweb"):
        assert fetch(caller, "http://172.17.0.1:8080").startswith("tweb"), caller
    assert pings("t0", "172.17.0.3")
    engine.down("t")
    run("sysctl", "-w", "net.bridge.bridge-nf-call-iptables=1", check=False)


def test_networks_are_isolated() -> None:
    engine = Engine()
    engine.up(two_nets())
    assert pings("a", "172.18.0.3"), "a and ab are neighbours"
    assert pings("b", "172.19.0.3"), "b and ab are neighbours"
    assert not pings("a", "172.19.0.2", wait=0.3)
    assert not pings("b", "172.18.0.2", wait=0.3)
    engine.down("n")


def test_a_second_up_changes_nothing() -> None:
    engine = Engine()
    engine.up(simple())
    before = picture()
    assert engine.up(simple()).unchanged
    assert picture() == before
    engine.down("t")


DAMAGE = {
    "netns gone": ["ip netns delete t0"],
    "cable pulled": ["ip link delete veth-t0"],
    "bridge gone": ["ip link delete nsnet0"],
    "unplugged": ["ip link set veth-t0 nomaster"],
    "host end down": ["ip link set veth-t0 down"],
    "flap": ["ip -n t0 link set eth0 down"],
    "lo down": ["ip -n t0 link set lo down"],
    "address gone": ["ip -n t0 address flush dev eth0"],
    "route gone": ["ip -n t0 route delete default"],
    "gateway gone": ["ip address delete 172.17.0.1/16 dev nsnet0"],
    "mtu": ["ip link set veth-t0 mtu 1400", "ip -n t0 link set eth0 mtu 1400"],
    "mac": ["ip -n t0 link set eth0 address 02:00:00:00:00:99"],
    "table gone": ["nft delete table ip nsnet"],
    "chain emptied": ["nft flush chain ip nsnet to-bridge"],
    "rule added": ["nft insert rule ip nsnet filter-forward drop"],
    "port gone": ["nft delete element ip nsnet published { tcp . 8080 }"],
    "port elsewhere": [
        "nft delete element ip nsnet published { tcp . 8080 }",
        "nft add element ip nsnet published { tcp . 8080 : 172.17.0.99 . 80 }",
    ],
    "forwarding off": ["sysctl -qw net.ipv4.ip_forward=0"],
    "hairpin off": ["bridge link set dev veth-tweb hairpin off"],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_up_repairs_what_is_damaged_and_only_that(damage: str) -> None:
    engine = Engine()
    total = len(engine.up(simple()).changes)
    before = picture()
    for command in DAMAGE[damage]:
        run(*command.split())
    assert picture() != before, "the damage did nothing"
    changes = engine.up(simple()).changes
    assert 0 < len(changes) < total
    assert picture() == before
    assert engine.up(simple()).unchanged
    engine.down("t")


def test_topologies_share_the_default_bridge_and_go_one_by_one() -> None:
    engine = Engine()
    engine.up(simple("t"))
    alone = picture()
    other = Topology(
        "u", (Network("bridge"),), (Container("u0", attachments=(Attachment("bridge"),)),)
    )
    engine.up(other)
    assert pings("u0", "172.17.0.2")
    engine.down("u")
    assert picture() == alone
    engine.up(other)
    engine.down("t")
    assert pings("u0", "172.17.0.1")
    engine.down("u")


def test_a_changed_topology_changes_only_what_changed() -> None:
    engine = Engine()
    engine.up(simple(count=3))
    smaller = simple(count=2)
    changes = engine.up(smaller).changes
    assert {c.sign for c in changes} == {"-"}
    assert status("ip", "netns", "exec", "t1", "true") != 0
    assert engine.up(smaller).unchanged
    engine.down("t")


def edited(change: str) -> Topology:
    """The topology `two_nets` with one thing changed."""
    before = two_nets()
    left, right = before.networks
    a, b, ab = before.containers
    if change == "mtu":
        left = replace(left, options=(("com.docker.network.driver.mtu", "1400"),))
    elif change == "icc":
        left = replace(left, options=(("com.docker.network.bridge.enable_icc", "false"),))
    elif change == "internal":
        left = replace(left, internal=True)
    elif change == "subnet":
        left = replace(left, pools=(Pool("10.77.0.0/24"),))
    elif change == "bridge name":
        left = replace(left, options=(("com.docker.network.bridge.name", "leftbridge"),))
    elif change == "ipv6":
        left = replace(left, enable_ipv6=True)
    elif change == "address":
        a = replace(a, attachments=(Attachment(left.name, ipv4="172.18.0.77"),))
    elif change == "port":
        b = replace(b, ports=(Port(80, 8080),), stub=True)
    elif change == "moved":
        a = replace(a, attachments=(Attachment(right.name),))
    elif change == "left one network":
        ab = replace(ab, attachments=(Attachment(right.name),))
    elif change == "order of networks":
        ab = replace(ab, attachments=(Attachment(right.name), Attachment(left.name)))
    elif change == "mode none":
        a = replace(a, mode="none", attachments=())
    elif change == "shared":
        a = replace(a, mode="container", share="b", attachments=())
        return replace(before, networks=(left, right), containers=(b, a, ab))
    elif change == "sysctl":
        a = replace(a, sysctls=(("net.ipv4.ip_default_ttl", "77"),))
    elif change == "renamed":
        a = replace(a, name="alpha")
    elif change == "hosts":
        a = replace(a, extra_hosts=(("db", "10.0.0.9"),))
    elif change == "command":
        b = replace(b, command=("sleep", "100"))
    return replace(before, networks=(left, right), containers=(a, b, ab))


CHANGES = [
    *("mtu", "icc", "internal", "subnet", "ipv6", "address", "port", "moved", "sysctl"),
    *("renamed", "hosts", "command", "shared", "mode none"),
    *("bridge name", "left one network", "order of networks"),
]


#: What a kernel remembers of the way there: the numbers of a bridge's ports.
_HISTORY = re.compile(r"info_slave_data/(id|no|designated_port)")


@pytest.mark.parametrize("change", CHANGES)
def test_an_edited_topology_is_as_if_it_had_been_built_so(change: str) -> None:
    """There and back again."""
    engine = Engine()
    engine.up(two_nets())
    assert engine.plan(edited(change)).changes
    for topology in (edited(change), two_nets()):
        engine.up(topology)
        assert engine.up(topology).unchanged
        found = differences(afresh(engine), picture())
        assert not [text for text in found if not _HISTORY.search(text)]
    engine.down("n")


def afresh(engine: Engine) -> dict[str, Any]:
    """The kernel of an empty host after building the same layout on it."""
    state = engine.state()
    assert state.before
    steps = desired(state.records["n"].layout, state.before, engine.folder)
    with fresh_host():
        netns.prepare()
        with Stack() as stack:
            apply(stack, [step for step in steps if step.phase != PROCESSES])
        seen = picture()
        clean.clean()
    return seen


def test_down_of_something_unknown() -> None:
    with pytest.raises(NotFound, match="no topology nope"):
        Engine().down("nope")


def test_a_foreign_interface_is_not_touched() -> None:
    run("ip", "link", "add", "nsnet0", "type", "veth", "peer", "name", "x")
    before = picture()
    with pytest.raises(Blocked, match="nsnet did not make"):
        Engine().up(simple())
    assert picture() == before
    run("ip", "link", "delete", "nsnet0")


def test_a_foreign_namespace_is_not_touched() -> None:
    run("ip", "netns", "add", "t0")
    before = picture()
    with pytest.raises(Blocked, match="namespace t0"):
        Engine().up(simple())
    assert picture() == before
    run("ip", "netns", "delete", "t0")
    run("umount", "/run/netns")
    run("rmdir", "/run/netns")


def test_a_foreign_table_is_not_touched() -> None:
    run("nft", "add", "table", "ip", "nsnet")
    before = picture()
    with pytest.raises(Blocked, match="table ip nsnet"):
        Engine().up(simple())
    assert picture() == before
    run("nft", "delete", "table", "ip", "nsnet")


def test_a_taken_port_is_named() -> None:
    import socket

    with socket.create_server(("0.0.0.0", 8080)):
        before = picture()
        with pytest.raises(Blocked, match=r"0\.0\.0\.0:8080/tcp is already allocated"):
            Engine().up(simple())
        assert picture() == before


def test_rules_of_the_user_stay() -> None:
    engine = Engine()
    engine.up(simple())
    run("nft", "add", "rule", "ip", "nsnet", "nsnet-user", "counter")
    assert engine.up(simple()).unchanged
    engine.down("t")
    assert "counter" in run("nft", "list", "chain", "ip", "nsnet", "nsnet-user")
    assert "filter-forward" not in run("nft", "list", "table", "ip", "nsnet")
    run("nft", "delete", "table", "ip", "nsnet")


def test_clean_works_without_state() -> None:
    before = picture()
    run("sysctl", "-qw", "net.ipv4.ip_forward=0")
    Engine().up(simple())
    Engine().up(two_nets())
    run("rm", "-rf", "/run/nsnet")
    assert {each.kind for each in clean.find()} >= {"table", "interface", "namespace", "process"}
    found, failures = clean.clean()
    assert found
    assert not failures
    assert not clean.find()
    run("sysctl", "-qw", f"net.ipv4.ip_forward={_forwarding(before)}")


def _forwarding(before: dict[str, dict[str, dict[str, list[str]]]]) -> str:
    lines = before["namespaces"][""]["settings"]
    return next(x.split()[-1] for x in lines if x.startswith("net.ipv4.ip_forward "))


def test_overlapping_subnets_are_refused() -> None:
    nets = (Network("x", pools=(Pool("10.9.0.0/16"),)), Network("y", pools=(Pool("10.9.8.0/24"),)))
    with pytest.raises(TopologyError, match="overlaps"):
        Engine().up(Topology("o", nets))
