"""A real packet and the story that is told of it: what is seen has to be what the kernel did."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nsnet.diagnose.trace import watched
from nsnet.engine import clean
from nsnet.kernel.stack import Stack
from nsnet.kernel.trace import Flow
from nsnet.kernel.trace.marks import Marks
from nsnet.looking.places import places
from nsnet.topology.model import Network, Topology
from tests.kernel.test_published import HOST, OUT, built, container, machine, names, web
from tests.kernel.traced import (
    claimed,
    counters,
    moved,
    named,
    path,
    rewrites,
    told,
    trace,
    verdicts,
)
from tests.support import differences, picture, rules, run, status

pytestmark = pytest.mark.usefixtures("host")

_NO_ICC = (("com.docker.network.bridge.enable_icc", "false"),)
_SPACES = ["", "web", "peer", "other", "out"]

both = pytest.mark.parametrize("filtered", [False, True], ids=["nf=0", "nf=1"])


@contextmanager
def shop(filtered: bool = False) -> Iterator[dict[str, str]]:
    """web publishes 8080 and 5353 on network a, where peer is, too; other is on b."""
    topology = Topology(
        "shop",
        (Network("a"), Network("b"), Network("q", options=_NO_ICC), Network("in", internal=True)),
        (
            container("web", "a", ports=(web(8080), names(5353))),
            container("peer", "a"),
            container("other", "b"),
            *(container("x", "q"), container("y", "q"), container("i", "in")),
        ),
    )
    with machine(filtered, forwarding=True), built(topology) as layout:
        yield {e.container: e.ipv4 for e in layout.endpoints}


@both
def test_a_ping_names_just_the_rules_whose_counters_moved(filtered: bool) -> None:
    with shop(filtered):
        assert trace("peer", OUT, "icmp").walk.arrived
        before = counters(_SPACES)
        traced = trace("peer", OUT, "icmp")
        changed = moved(before, counters(_SPACES))
    walk = traced.walk
    assert (walk.outcome, verdicts(walk)) == ("answered", ["masquerade"])
    bridge = next(e.device for e in walk.events if e.kind == "bridge" or "hands it up" in e.text)
    assert path(walk) == [
        *("peer:eth0>", ">host:veth-peer", f">host:{bridge}", "host:ext0>", ">out:eth0")
    ]
    assert path(walk, "reply") == [
        *("out:eth0>", ">host:ext0", f"host:{bridge}>", "host:veth-peer>", ">peer:eth0")
    ]
    assert rewrites(walk) == [f"{HOST} {OUT}:0"]
    assert named(walk, before) == claimed(walk, before) == changed


@both
def test_a_port_published_to_the_outside(filtered: bool) -> None:
    with shop(filtered) as at:
        before = counters(_SPACES)
        traced = trace("out", f"{HOST}:8080")
        changed = moved(before, counters(_SPACES))
        walk = traced.walk
        assert (walk.outcome, verdicts(walk)) == ("answered", ["dnat"])
        assert rewrites(walk) == [f"{OUT} {at['web']}:80"]
        assert rewrites(walk, "reply") == [f"{HOST}:8080 {OUT}"]
        assert path(walk)[:2] == ["out:eth0>", ">host:ext0"]
        assert path(walk)[-2:] == ["host:veth-web>", ">web:eth0"]
        assert [e.kind for e in walk.events if e.kind in ("deliver", "send")] == [
            *("send", "deliver", "send", "deliver")
        ]
    # The call goes on after its first packet and the answer, until it is reset.
    every = told(traced, before)
    assert set(every) == set(changed)
    assert {key: n for key, n in every.items() if n > changed[key]} == {}
    assert set(named(walk, before)) <= set(changed)


@both
def test_hairpin_sibling_and_loopback(filtered: bool) -> None:
    with shop(filtered) as at:
        hairpin = trace("web", f"{HOST}:8080").walk
        assert (hairpin.outcome, verdicts(hairpin)) == ("answered", ["dnat", "masquerade"])
        assert (path(hairpin)[0], path(hairpin)[-1]) == ("web:eth0>", ">web:eth0")
        sibling = trace("peer", f"{HOST}:8080", "http").walk
        assert (sibling.outcome, verdicts(sibling)[0]) == ("answered", "dnat")
        assert path(sibling)[-1] == ">web:eth0"
        assert "HTTP/1.0 200 OK" in sibling.notes[0]
        local = trace("host", "127.0.0.1:8080").walk
        assert (local.outcome, verdicts(local)) == ("answered", ["dnat", "masquerade"])
        assert rewrites(local)[0] == f"127.0.0.1 {at['web']}:80"


def test_datagrams_and_questions() -> None:
    with shop() as at:
        before = counters(_SPACES)
        datagram = trace("out", f"{HOST}:5353", "udp").walk
        changed = moved(before, counters(_SPACES))
        assert (datagram.outcome, rewrites(datagram)) == ("answered", [f"{OUT} {at['web']}:53"])
        assert named(datagram, before) == claimed(datagram, before) == changed
        question = trace("peer", "127.0.0.11:53", "udp").walk
        assert (question.outcome, path(question)) == ("answered", ["peer:lo>", ">peer:lo"])
        assert rewrites(question) == ["127.0.0.1 127.0.0.11:61053"]
        named_one = trace("peer", "http://web.a/", "http").walk
        assert (named_one.outcome, named_one.target.address) == ("answered", at["web"])
        closed = trace("peer", f"{at['web']}:9", "udp").walk
        assert closed.outcome == "refused"
        flags = [e.packet.flags for e in closed.events if e.leg == "error"]
        assert set(flags) == {"port-unreachable"}
        assert (closed.events[-1].kind, closed.events[-1].space) == ("deliver", "peer")


def test_refused_by_a_reset() -> None:
    with shop() as at:
        walk = trace("peer", f"{at['web']}:81").walk
    assert walk.outcome == "refused"
    got = next(e for e in walk.events if e.kind == "deliver")
    assert got.text.endswith("nobody listens on port 81")


@both
def test_networks_are_kept_apart_by_the_rule_that_is_named(filtered: bool) -> None:
    with shop(filtered) as at:
        for sender, target in (("peer", at["other"]), ("out", at["web"]), ("i", OUT)):
            before = counters(_SPACES)
            begun = time.monotonic()
            walk = trace(sender, target, "icmp").walk
            assert time.monotonic() - begun < 0.8
            assert walk.outcome in ("lost", "unsent"), (sender, target)
            if walk.outcome == "unsent":
                assert walk.events[-1].reason == "L3.NO_DEFAULT"
                continue
            drop = walk.events[-2]
            assert (walk.events[-1].kind, drop.verdict) == ("drop", "drop"), (sender, target)
            assert drop.rule
            assert drop.rule.moved == 1
            assert drop.rule.caption in walk.events[-1].text
            assert named(walk, before) == moved(before, counters(_SPACES))


@both
def test_neighbours_that_may_not_talk(filtered: bool) -> None:
    with shop(filtered) as at:
        walk = trace("x", at["y"], "icmp").walk
    assert walk.outcome == "lost"
    asked, _, dropped, last = walk.events[-4:]
    assert (asked.kind, asked.device, last.kind, last.space) == ("resolve", "eth0", "drop", "")
    assert dropped.rule
    assert (dropped.rule.family, dropped.verdict) == ("bridge", "drop")


_FOREIGN = {
    "drop rule": ("chain f { type filter hook forward priority 0; counter drop; }", "drop"),
    "reject": ("chain f { type filter hook forward priority 0; counter reject; }", "reject"),
    "policy": ("chain f { type filter hook forward priority 0; policy drop; }", "drop"),
    "far chain": (
        "chain g { counter jump h; }; chain h { counter drop; };"
        "chain f { type filter hook prerouting priority -10; ip protocol tcp counter goto g; }",
        "drop",
    ),
}


def test_dropped_by_somebody_elses_rule() -> None:
    with shop():
        for name, (text, verdict) in _FOREIGN.items():
            run("nft", f"table ip foreign {{ {text}; }}")
            before = rules()
            walk = trace("out", f"{HOST}:8080").walk
            assert rules() == before
            run("nft", "delete table ip foreign")
            last = next(e for e in reversed(walk.events) if e.leg == "request" and e.rule)
            assert last.rule
            assert (last.rule.table, last.verdict) == ("foreign", verdict), name
            assert last.kind == ("policy" if name == "policy" else "rule"), name
            assert walk.outcome == ("refused" if name == "reject" else "lost"), name
        assert trace("out", f"{HOST}:8080").walk.arrived


#: What breaks it, what mends it, the target, and how the walk ends.
_LOST = (
    (
        *("ip -n peer route del default", "ip -n peer route add default via {near}.1"),
        *(OUT, "unsent", "L3.NO_DEFAULT"),
    ),
    (
        "ip -n peer route replace default via {near}.250",
        "ip -n peer route replace default via {near}.1",
        *(OUT, "lost", "L3.GW_UNREACHABLE"),
    ),
    (
        *("sysctl -qw net.ipv4.ip_forward=0", "sysctl -qw net.ipv4.ip_forward=1"),
        *(OUT, "lost", "L3.FORWARD_OFF"),
    ),
    ("true", "true", "{near}.251", "lost", ""),
    (
        *("ip -n web link set eth0 down", "ip -n web link set eth0 up"),
        *("{web}", "lost", ""),
    ),
    ("ip link set br-a down", "ip link set br-a up", "{web}", "lost", "L2.BRIDGE_DOWN"),
)


def test_lost_without_a_rule() -> None:
    """The last event says where, and why if the state shows it."""
    with shop() as at:
        words = {"near": at["peer"].rpartition(".")[0], **at}
        assert trace("peer", at["web"], "icmp").walk.arrived
        for broken, mended, target, outcome, reason in _LOST:
            subprocess.run(["sh", "-ec", broken.format(**words)], check=True)
            walk = trace("peer", target.format(**words), "icmp", 0.15).walk
            subprocess.run(["sh", "-ec", mended.format(**words)], check=True)
            last = walk.events[-1]
            found = (walk.outcome, last.kind, last.reason)
            assert found == (outcome, "drop", reason), f"{broken}: {last.text}"


_TWO_HOSTS = """
    for h in ha hb; do
        ip netns add $h && ip -n $h link set lo up
    done
    ip -n ha link add eth0 type veth peer name eth0 netns hb
    n=1
    for h in ha hb; do
        ip -n $h address add 10.9.0.$n/24 dev eth0 && ip -n $h link set eth0 up
        ip -n $h link add br0 type bridge
        ip -n $h link add vx type vxlan id 7 dstport 4789 local 10.9.0.$n \
            remote 10.9.0.$((3 - n)) dev eth0
        ip -n $h link set vx master br0 && ip -n $h link set vx up && ip -n $h link set br0 up
        ip netns add t$n && ip -n t$n link set lo up
        ip -n $h link add v$n mtu 1450 type veth peer name eth0 netns t$n mtu 1450
        ip -n $h link set v$n master br0 && ip -n $h link set v$n up
        ip -n t$n address add 10.1.0.$n/24 dev eth0 && ip -n t$n link set eth0 up
        n=$((n + 1))
    done
"""


def test_through_a_vxlan_between_two_hosts_made_by_hand() -> None:
    try:
        subprocess.run(["sh", "-ec", _TWO_HOSTS], check=True)
        walk = trace("t1", "10.1.0.2", "icmp").walk
        refused = trace("t1", "10.1.0.2:80").walk
    finally:
        for name in ("t1", "t2", "ha", "hb"):
            run("ip", "netns", "delete", name, check=False)
    assert walk.outcome == "answered"
    assert path(walk) == [
        *("t1:eth0>", ">ha:v1", "ha:vx>", "ha:eth0>"),
        *(">hb:eth0", ">hb:vx", "hb:v2>", ">t2:eth0"),
    ]
    assert path(walk, "reply")[-1] == ">t1:eth0"
    outer = [e for e in walk.events if e.device == "eth0" and e.space == "ha" and e.kind == "out"]
    assert "VXLAN datagram 10.9.0.1 → 10.9.0.2" in outer[0].text
    assert refused.outcome == "refused"


_MACVLANS = """
    ip netns add lan && ip -n lan link set lo up
    ip link add ext0 type veth peer name eth0 netns lan
    ip link set ext0 up && ip -n lan link set eth0 up && ip -n lan address add 10.3.0.1/24 dev eth0
    for n in 2 3; do
        ip netns add m$n && ip link add mv$n link ext0 netns m$n type macvlan mode bridge
        ip -n m$n address add 10.3.0.$n/24 dev mv$n && ip -n m$n link set mv$n up
    done
"""


def test_macvlans_and_a_loopback_that_is_down() -> None:
    try:
        subprocess.run(["sh", "-ec", _MACVLANS], check=True)
        away = trace("m2", "10.3.0.1", "icmp").walk
        near = trace("m2", "10.3.0.3", "icmp").walk
        own = [trace("m2", each, "icmp", 0.1).walk for each in ("127.0.0.1", "10.3.0.2")]
    finally:
        run("ip", "link", "delete", "ext0", check=False)
        for name in ("lan", "m2", "m3"):
            run("ip", "netns", "delete", name, check=False)
    assert path(away) == ["m2:mv2>", "host:ext0>", ">lan:eth0"]
    assert path(away, "reply") == ["lan:eth0>", ">host:ext0", ">m2:mv2"]
    assert (path(near)[0], path(near)[-1]) == ("m2:mv2>", ">m3:mv3")
    assert [away.events[-1].kind, away.events[-1].space] == ["deliver", "m2"]
    assert [each.events[-1].reason for each in own] == ["L1.LO_DOWN"] * 2


def test_over_ipv6() -> None:
    six = Topology(
        "six",
        (Network("v6", enable_ipv6=True),),
        (container("s", "v6", ports=(web(8080),)), container("t", "v6")),
    )
    with machine(filtered=False, forwarding=True), built(six) as layout:
        target = next(e.ipv6 for e in layout.endpoints if e.container == "s")
        while run("ip", "-6", "address", "show", "tentative"):  # DAD: a second
            time.sleep(0.05)
        walk = trace("t", target, "icmp").walk
        call = trace("out", "[2001:db8:203::1]:8080").walk
    assert (walk.outcome, path(walk)) == (
        *("answered", ["t:eth0>", ">host:veth-t", "host:veth-s>", ">s:eth0"]),
    )
    assert (call.outcome, verdicts(call)) == ("answered", ["dnat"])


def test_nothing_is_left_behind() -> None:
    with shop():
        before = picture()
        trace("out", f"{HOST}:8080")
        assert not differences(before, picture())


def test_nothing_is_left_behind_by_a_killed_trace() -> None:
    """It waits for an answer that never comes: in the middle of it, its table is seen, and goes
    with the process."""
    with shop():
        run("nft", "table ip away { chain f { type filter hook forward priority -5; }; }")
        before = picture()
        words = (sys.executable, "-m", "nsnet", "trace", "peer", "192.0.2.9", "--timeout", "9")
        with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
            limit = time.monotonic() + 5
            table = f"nsnet-trace-{process.pid}"
            while status("nft", "list", "table", "inet", table) and process.poll() is None:
                assert time.monotonic() < limit
            assert trace("out", f"{HOST}:8080").walk.arrived  # Two at a time.
            os.kill(process.pid, signal.SIGKILL)
        limit = time.monotonic() + 2
        while differences(before, picture()) and time.monotonic() < limit:
            pass
        assert not differences(before, picture())
        run("nft", "delete table ip away")


def test_what_an_old_kernel_leaves_is_removed_by_the_next_trace() -> None:
    """Without the flag `owner` a killed trace leaves its table."""
    run("nft", "table inet mine { chain f { type filter hook input priority 0; }; }")
    before = picture()
    run("nft", "table inet nsnet-trace-4194305 { chain f { }; }")
    assert trace("host", "127.0.0.1:9").walk.outcome == "refused"
    assert not differences(before, picture())
    flow = Flow(4, 6, 40000, (), "127.0.0.1")
    marks = Marks()
    marks.mark(flow, {1}, owned=False)
    assert "nsnet-trace-" in run("nft", "list", "tables")
    marks.close()
    assert not differences(before, picture())
    run("nft", "delete table inet mine")


def test_clean_removes_what_an_old_kernel_leaves() -> None:
    """Also where nsnet made nothing else, and not the table of a trace that still runs."""
    run("ip", "netns", "add", "red")
    for where in ((), ("ip", "netns", "exec", "red")):
        run(*where, "nft", "table inet nsnet-trace-4194305 { chain f { }; }")
    run("nft", f"table inet nsnet-trace-{os.getpid()} {{ chain f {{ }}; }}")
    wanted = ["inet nsnet-trace-4194305", "inet nsnet-trace-4194305 in red"]
    assert [each.name for each in clean.find() if each.kind == "table"] == wanted
    found, failures = clean.clean()
    assert ([each.name for each in found if each.kind == "table"], failures) == (wanted, [])
    assert run("ip", "netns", "exec", "red", "nft", "list", "tables") == ""
    assert run("nft", "list", "tables").split() == ["table", "inet", f"nsnet-trace-{os.getpid()}"]
    run("nft", f"delete table inet nsnet-trace-{os.getpid()}")
    run("ip", "netns", "delete", "red")


def test_a_port_that_is_changed_on_the_way() -> None:
    """By then nobody can tell the packet: the walk says so, and does not invent anything."""
    rule = "type nat hook postrouting priority 90; oifname ext0 masquerade random;"
    with shop():
        run("nft", f"table ip other {{ chain p {{ {rule} }}; }}")
        walk = trace("peer", f"{OUT}:9", "tcp").walk
        run("nft", "delete table ip other")
    assert walk.outcome == "refused"
    assert "port" in walk.notes[0]
    assert [e.kind for e in walk.events if e.kind in ("send", "deliver")] == ["send", "deliver"]
    assert path(walk, "reply")[-1] == ">peer:eth0"


def test_of_many_namespaces_those_on_the_way_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(), Stack() as stack:
        known = places(stack)
        source = known.source("out")
        target = known.target(f"{HOST}:8080", source)
        monkeypatch.setattr(watched, "FEW", 99)
        everything = watched.watched(known.survey, source, target)
        assert len(everything) == len(known.survey.spaces())
        whole = trace("out", f"{HOST}:8080").walk
        monkeypatch.setattr(watched, "FEW", 2)
        some = watched.watched(known.survey, source, target)
        assert some[:3] == ["out", "", "web"]
        assert len(some) < len(everything)
        assert path(trace("out", f"{HOST}:8080").walk) == path(whole)


def test_the_command(tmp_path: Path) -> None:
    program = (sys.executable, "-m", "nsnet", "trace")
    recording = tmp_path / "walk.pcapng"
    with shop() as at:
        begun = time.monotonic()
        text = run(*program, "out", f"{HOST}:8080", "--pcap", str(recording))
        assert time.monotonic() - begun < 1
        assert "ports published on all addresses" in text
        told = json.loads(run(*program, "peer", "web", "--format", "json"))
        assert (told["outcome"], told["traced"]) == ("answered", True)
        assert run(*program, "peer", "web:80", "--format", "svg").startswith("<svg")
        assert status(*program, "peer", f"{at['web']}:81") == 1
        assert status(*program, "peer", "nobody") == 5
        assert status(*program, "peer", "web", "--udp") == 2
        powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all")
        if os.getuid() == 0 and status(*powerless, "true") == 0:
            assert status(*powerless, *program, "host", "127.0.0.1") == 3
    if not shutil.which("tshark"):
        pytest.skip("needs tshark")
    words = ("tshark", "-r", str(recording), "-T", "fields", "-e", "frame.interface_name")
    seen = run(*words, "tcp.flags.syn == 1 and tcp.flags.ack == 0").split()
    assert (seen[0], seen[1], seen[-1]) == ("out:eth0", "host:ext0", "web:eth0")
