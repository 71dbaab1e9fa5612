"""Assertions about packets that must not arrive: apart, despite_route, and what stands beside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nsnet.labs.situation import Situation
from tests.labs.made import exercise, id_of, situation, tidy, verdict
from tests.support import needs_br_netfilter, run

pytestmark = pytest.mark.usefixtures("host")

ROOMS = {"c1": "172.17.0.2", "c2": "172.17.0.3"}
FORWARD = "add table ip t; add chain ip t f { type filter hook forward priority 0; }; "
DROP_PING = "add rule ip t f icmp type echo-request drop"


@pytest.fixture
def at(host: None) -> Iterator[Situation]:
    """Two rooms on one bridge, whose frames do not pass the ip hooks."""
    try:
        with situation(exercise()) as found:
            yield found
    finally:
        tidy()


def test_neighbours_are_apart_when_the_switch_keeps_them_so(at: Situation) -> None:
    asked = {"rooms": ROOMS, "by": "ping", "id": "FLT.X"}
    assert id_of(verdict(at, "apart", **asked)) == "FLT.X"
    run("nft", f"{FORWARD} add rule ip t f iifname br0 oifname br0 drop")
    passed_by = verdict(at, "apart", **asked)
    assert id_of(passed_by) == "FLT.BRIDGED_BYPASS"
    assert passed_by.broken is not None
    assert passed_by.broken.facts["bridge"] == "br0"
    run("nft", "delete table ip t")
    run("bridge", "link", "set", "dev", "veth-c1", "isolated", "on")
    half = verdict(at, "apart", **asked)
    assert id_of(half) == "L2.ONE_ISOLATED"
    assert half.broken is not None
    assert (half.broken.facts["one"], half.broken.facts["other"]) == ("veth-c1", "veth-c2")
    run("bridge", "link", "set", "dev", "veth-c2", "isolated", "on")
    assert id_of(verdict(at, "apart", **asked)) == ""


def test_a_dropped_answer_keeps_nobody_apart(at: Situation) -> None:
    needs_br_netfilter()
    run("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1")
    drop = "ip saddr {} ip daddr {} drop"
    run("nft", f"{FORWARD} add rule ip t f " + drop.format("172.17.0.2", "172.17.0.3"))
    asked = {"rooms": ROOMS, "by": "ping"}
    one_way = verdict(at, "apart", **asked)
    assert id_of(one_way) == "FLT.ONE_WAY"
    assert one_way.broken is not None
    assert one_way.broken.facts["source"] == "c1"
    run("nft", "add rule ip t f " + drop.format("172.17.0.3", "172.17.0.2"))
    assert id_of(verdict(at, "apart", **asked)) == ""
    run("nft", "insert rule ip t f ip protocol icmp accept")
    assert id_of(verdict(at, "apart", **asked)) == "FLT.ORDER"


def test_a_missing_route_is_no_wall(at: Situation) -> None:
    """A route is added for a moment, and is gone afterwards, whatever came of it."""
    run("ip", "address", "add", "10.9.0.1/24", "dev", "br0")
    run("ip", "-n", "c2", "address", "add", "10.9.0.2/24", "dev", "eth0")
    run("ip", "-n", "c1", "route", "delete", "default")
    routes = run("ip", "-n", "c1", "route")
    asked = {"from_": "c1", "to": "10.9.0.2", "in_": "c2", "via": "172.17.0.1", "by": "ping"}
    assert id_of(verdict(at, "despite_route", **asked)) == "FLT.ROUTE_ONLY"
    assert run("ip", "-n", "c1", "route") == routes
    run("nft", f"{FORWARD} add rule ip t f ip saddr 172.17.0.2 ip daddr 10.9.0.2 drop")
    blocked = verdict(at, "despite_route", **asked)
    assert id_of(blocked) == ""
    assert "did not arrive" in blocked.probes[0]
    assert run("ip", "-n", "c1", "route") == routes


def test_ways_out_are_counted(at: Situation) -> None:
    asked = {"in_": ["c1", "c2"], "number": 1}
    assert id_of(verdict(at, "default_routes", **asked)) == ""
    assert id_of(verdict(at, "default_routes", in_="c1", number=0)) == "L3.DEFAULT_LEFT"
    run("ip", "-n", "c2", "route", "add", "default", "via", "172.17.0.2", "metric", "9")
    assert id_of(verdict(at, "default_routes", **asked)) == "L3.TWO_DEFAULTS"
    run("ip", "-n", "c1", "route", "delete", "default")
    assert id_of(verdict(at, "default_routes", **asked)) == "L3.NO_DEFAULT"


def test_two_switches_with_a_cable_between_them_are_one(at: Situation) -> None:
    asked = {"bridges": ["br0", "br1"]}
    assert id_of(verdict(at, "separate_bridges", **asked)) == "L2.NO_BRIDGE"
    run("ip", "link", "add", "br1", "type", "bridge")
    try:
        assert id_of(verdict(at, "separate_bridges", **asked)) == ""
        run("ip", "link", "add", "p0", "master", "br0", "type", "veth", "peer", "name", "p1")
        run("ip", "link", "set", "p1", "master", "br1")
        assert id_of(verdict(at, "separate_bridges", **asked)) == "L2.BRIDGES_JOINED"
    finally:
        run("ip", "link", "delete", "br1")
        run("sh", "-c", "ip link delete p0 2>/dev/null || true")


def test_a_wall_stands_where_all_have_to_pass(at: Situation) -> None:
    run("ip", "-n", "c1", "route", "add", "blackhole", "172.17.0.3/32")
    run("ip", "-n", "c2", "route", "add", "blackhole", "172.17.0.2/32")
    asked = {"rooms": ROOMS, "by": "ping"}
    assert id_of(verdict(at, "apart", **asked)) == ""
    found = verdict(at, "apart", **asked, ends_in="host")
    assert id_of(found) == "FLT.ELSEWHERE"
    assert found.broken is not None
    assert (found.broken.facts["space"], found.broken.facts["from"]) == ("c1", "c1")
    for room in ("c1", "c2"):
        run("ip", "-n", room, "route", "flush", "type", "blackhole")
        run("bridge", "link", "set", "dev", f"veth-{room}", "isolated", "on")
    assert id_of(verdict(at, "apart", **asked, ends_in="host")) == ""


def test_blocked_by_the_one_that_is_called(at: Situation) -> None:
    run("ip", "netns", "exec", "c2", "nft", FORWARD.replace("forward", "input") + DROP_PING)
    asked = {"from": "c1", "to": "172.17.0.3", "control": {"from": "c1", "to": "172.17.0.1"}}
    assert id_of(verdict(at, "blocked", **asked)) == ""
    assert id_of(verdict(at, "blocked", **asked, ends_in="host")) == "FLT.ELSEWHERE"
    run("ip", "netns", "exec", "c2", "nft", "delete", "table", "ip", "t")
    for room in ("c1", "c2"):
        run("bridge", "link", "set", "dev", f"veth-{room}", "isolated", "on")
    assert id_of(verdict(at, "blocked", **asked, ends_in="host")) == ""
