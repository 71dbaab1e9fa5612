"""Predicted walks, held against what really happens: pings, calls, and the counters of rules."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nsnet.diagnose.predict import predict
from nsnet.diagnose.walk import Walk
from nsnet.kernel.stack import Stack
from nsnet.looking.places import places
from nsnet.show.walk import text
from nsnet.topology.model import Network, Topology
from tests.kernel.test_published import HOST, OUT, built, container, machine, web
from tests.support import needs_br_netfilter, pings, run, status

pytestmark = pytest.mark.usefixtures("host")


def walk(source: str, target: str, protocol: str = "tcp") -> Walk:
    with Stack() as stack:
        known = places(stack)
        start = known.source(source)
        return predict(known.survey, start, known.target(target, start), protocol)


def reason(found: Walk) -> str:
    """The id of the first loss."""
    return next((e.reason for e in found.events if e.kind == "drop"), "")


def deciding(found: Walk, leg: str = "request") -> list[str]:
    dull = ("accept", "jump", "continue", "return")
    every = (e for e in found.events if e.leg == leg and e.kind in ("rule", "policy"))
    return [e.verdict for e in every if e.verdict.split()[0] not in dull]


def path(found: Walk, leg: str = "request") -> list[str]:
    passed = (e for e in found.events if e.leg == leg and e.kind in ("in", "out"))
    return [f"{e.kind} {e.label}:{e.device}" for e in passed]


@contextmanager
def shop(filtered: bool = False) -> Iterator[dict[str, str]]:
    """web publishes 8080, and 8081 on 127.0.0.1 alone; app is beside it, far on another network."""
    topology = Topology(
        "shop",
        (Network("a"), Network("b")),
        (
            container("web", "a", ports=(web(8080), web(8081, "127.0.0.1"))),
            container("app", "a"),
            container("far", "b"),
        ),
    )
    with machine(filtered, forwarding=True), built(topology) as layout:
        yield {e.container: e.ipv4 for e in layout.endpoints}


@contextmanager
def by_hand(script: str) -> Iterator[None]:
    """Two namespaces on a bridge that somebody made by hand, and `script`."""
    base = """
        sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true
        ip link add sw type bridge && ip link set sw up && ip address add 10.9.0.1/24 dev sw
        for name in red blue; do
            ip netns add $name && ip -n $name link set lo up
            ip link add v-$name type veth peer name eth0 netns $name
            ip link set v-$name master sw up && ip -n $name link set eth0 up
        done
        ip -n red address add 10.9.0.2/24 dev eth0 && ip -n blue address add 10.9.0.3/24 dev eth0
        ip -n red route add default via 10.9.0.1
    """
    try:
        subprocess.run(["sh", "-ec", base + script], check=True)
        yield
    finally:
        for name in ("v-red", "v-blue", "sw"):
            status("ip", "link", "delete", name)
        for name in ("red", "blue"):
            status("ip", "netns", "delete", name)
        run("sysctl", "-qw", "net.ipv4.ip_forward=0")
        status("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1")
        run("nft", "flush", "ruleset")


def test_every_way_to_a_web_server() -> None:
    with shop() as at:
        cases = {
            ("app", "web:80"): [],
            ("out", f"{HOST}:8080"): ["dnat"],
            ("app", f"{HOST}:8080"): ["dnat", "masquerade"],
            ("web", f"{HOST}:8080"): ["dnat", "masquerade"],
            ("far", f"{HOST}:8080"): ["dnat", "masquerade"],
            ("host", "127.0.0.1:8080"): ["dnat", "masquerade"],
            ("host", "127.0.0.1:8081"): ["dnat", "masquerade"],
        }
        for (source, target), rules in cases.items():
            found = walk(source, target)
            assert (found.outcome, deciding(found)[:2]) == ("answered", rules[:2]), (source, target)
            assert all(e.sure for e in found.events)
        out = walk("app", OUT, "icmp")
        assert (out.outcome, deciding(out)) == ("answered", ["masquerade"])
        assert [str(e.packet) for e in out.events if e.kind == "rewrite"] == [
            f"icmp {HOST} → {OUT} [echo-request]",
            f"icmp {OUT} → {at['app']} [echo-reply]",
        ]
        assert path(out) == [
            *("out app:eth0", "in host:veth-app", "in host:br-a", "out host:ext0", "in out:eth0")
        ]


def test_what_is_refused_and_what_is_dropped() -> None:
    with shop() as at:
        closed = walk("app", "web:81")
        assert (closed.outcome, closed.answer) == ("refused", "connection refused")
        datagram = walk("app", "web:81", "udp")
        assert (datagram.outcome, datagram.events[-1].leg) == ("refused", "error")
        isolated = walk("far", f"{at['web']}:80")
        assert (isolated.outcome, reason(isolated), deciding(isolated)) == (
            *("lost", "FLT.DROP", ["drop"]),
        )
        direct = walk("out", f"{at['web']}:22")
        assert (direct.outcome, reason(direct)) == ("lost", "FLT.DROP")
        loopback = walk("out", f"{HOST}:8081")
        assert loopback.outcome == "refused"


@pytest.mark.parametrize(
    ("script", "source", "target", "outcome", "expected"),
    [
        ("", "red", "10.9.0.3", "answered", ""),
        ("", "red", "10.9.0.77", "lost", "L3.NO_SUCH_HOST"),
        ("", "red", "192.0.2.1", "lost", "L3.FORWARD_OFF"),
        ("", "blue", "192.0.2.1", "unsent", "L3.NO_DEFAULT"),
        ("ip link set sw down", "red", "10.9.0.3", "lost", "L2.BRIDGE_DOWN"),
        ("ip link set v-red down", "red", "10.9.0.3", "lost", "L1.PEER_DOWN"),
        ("ip link set v-red nomaster", "red", "10.9.0.3", "lost", "L2.NO_MASTER"),
        ("ip -n red link set lo down", "red", "10.9.0.2", "lost", "L1.LO_DOWN"),
        (
            "ip -n red route replace default via 10.9.0.99",
            *("red", "192.0.2.1", "lost", "L3.GW_UNREACHABLE"),
        ),
        (
            "bridge link set dev v-red isolated on; bridge link set dev v-blue isolated on",
            *("red", "10.9.0.3", "lost", "L2.ISOLATED"),
        ),
        (
            "ip netns exec blue sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
            *("red", "10.9.0.3", "lost", "SYSCTL.ECHO_IGNORED"),
        ),
        (
            "ip netns exec blue nft 'table ip t { chain c { type filter hook input priority 0;"
            " icmp type echo-request drop; }; }'",
            *("red", "10.9.0.3", "lost", "FLT.DROP"),
        ),
        (
            "ip netns exec red nft 'table ip t { chain c { type filter hook input priority 0;"
            " policy drop; }; }'",
            *("red", "10.9.0.3", "lost", "FLT.NO_ESTABLISHED"),
        ),
        (
            "ip -n red route add blackhole 192.0.2.0/24",
            *("red", "192.0.2.1", "unsent", "L3.ROUTE_FORBIDS"),
        ),
        (
            "ip -n blue route replace 10.9.0.2 via 10.9.0.99",
            *("red", "10.9.0.3", "lost", "L3.GW_UNREACHABLE"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and value.isupper() else "",
)  # fmt: skip
def test_networks_made_by_hand(
    script: str, source: str, target: str, outcome: str, expected: str
) -> None:
    with by_hand(script):
        found = walk(source, target, "icmp")
        assert (found.outcome, reason(found)) == (outcome, expected)
        assert pings(source, target, wait=0.1) == found.arrived


#: Rules that count a ping from red to blue, and some that do not.
_RULES = """
table inet t {
    set near { type ipv4_addr; flags interval; elements = { 10.9.0.0/29 } }
    map way { type ipv4_addr . ifname : verdict; elements = { 10.9.0.2 . "v-red" : drop,
        10.9.0.2 . "sw" : jump more } }
    chain more {
        ip daddr 10.9.0.3 counter
        meta l4proto { icmp, icmpv6 } counter return
        counter
    }
    chain c {
        type filter hook forward priority 0; policy accept;
        meta nfproto ipv6 accept
        ip saddr @near counter
        ip saddr != 10.9.0.2-10.9.0.9 counter drop
        ip saddr . iifname vmap @way
        iifname "s*" oifname { "sw", "eth*" } counter
        icmp type { echo-request, echo-reply } ct state new counter
        ct state established,related counter
        tcp dport 80 counter
        th dport 0-65535 meta l4proto tcp counter
        meta mark set 0x10 counter
        meta mark & 0xf0 == 0x10 counter
        mark 0x11 counter
        ip ttl > 200 counter
        ip ttl < 200 counter
        meta nfproto ipv4 meta protocol ip counter
        fib daddr type local counter
        fib daddr type unicast counter
        ip daddr & 255.255.0.0 == 10.9.0.0 counter
        meta iiftype ether meta pkttype host counter
        ct direction original ct original ip daddr 10.9.0.3 counter
        ct direction reply counter
        jump more
        goto more
        counter drop
    }
}
"""


def test_rules_that_match_are_the_rules_that_count() -> None:
    needs_br_netfilter()
    with by_hand("sysctl -qw net.bridge.bridge-nf-call-iptables=1"):
        run("nft", _RULES.replace("\n\n", "\n"))
        found = walk("red", "10.9.0.3", "icmp")
        assert found.arrived
        assert pings("red", "10.9.0.3")
        named: dict[int, int] = {}
        for event in found.events:
            if event.rule and event.rule.packets is not None:
                named[event.rule.handle] = named.get(event.rule.handle, 0) + 1
        objects = json.loads(run("nft", "-j", "list", "ruleset"))["nftables"]
        counted = {}
        for rule in (each["rule"] for each in objects if "rule" in each):
            for part in rule["expr"]:
                if "counter" in part and part["counter"]["packets"]:
                    counted[rule["handle"]] = part["counter"]["packets"]
        assert named == counted


@pytest.mark.parametrize(("last", "sure"), [("10.9.0.3", True), ("10.9.0.9", False)])
def test_all_targets_of_a_lot_are_tried(last: str, sure: bool) -> None:
    lot = f"numgen inc mod 2 map {{ 0 : 10.9.0.3 . 81, 1 : {last} . 82 }}"
    rule = f"ip daddr 10.9.0.1 tcp dport 80 dnat ip to {lot}"
    with by_hand("sysctl -qw net.ipv4.ip_forward=1; ip -n blue route add default via 10.9.0.1"):
        chain = f"chain c {{ type nat hook prerouting priority -100; {rule}; }};"
        post = "chain p { type nat hook postrouting priority 100; masquerade; };"
        run("nft", f"table ip t {{ {chain} {post} }}")
        found = walk("red", "10.9.0.1:80")
        assert (found.outcome, all(e.sure for e in found.events)) == ("refused", sure)
        assert "one of 2 targets" in found.notes[0]


def test_a_rule_that_cannot_be_judged_is_said_so() -> None:
    with by_hand("true"):
        rule = "meta skuid 7 drop; udp dport 7 accept; icmp type echo-request accept;"
        run("nft", f"table ip t {{ chain c {{ type filter hook output priority 0; {rule} }}; }}")
        found = walk("host", "10.9.0.3", "icmp")
        assert found.outcome == "answered"
        assert not all(e.sure for e in found.events)
        assert "cannot be judged" in found.notes[0]


_GOLDEN = """\
red → 10.9.0.3, as the state of the kernel predicts it

The request
  red
    send        red sends a ping: icmp 10.9.0.2 → 10.9.0.3 [echo-request]
    route       red's routing table sends it on by eth0
    ask         eth0 asks who has 10.9.0.3: MAC has it
    out         leaves red by eth0 towards v-red of host
  host
    in          enters the bridge sw by v-red
    bridge      the bridge sw passes it on by its port v-blue
    out         leaves the bridge sw by v-blue towards eth0 of blue
  blue
    in          comes into blue by eth0
    input       chain ip t c
      rule 2    c: icmp type echo-request drop
                "no pings here"
                drop  0 packets so far
    lost        rule 2 of chain ip t c drops it (no pings here) (FLT.DROP)

→ lost in blue: rule 2 of chain ip t c drops it (no pings here) (FLT.DROP)"""


def test_the_story_as_text() -> None:
    rule = 'icmp type echo-request counter drop comment "no pings here";'
    chain = f"chain c {{ type filter hook input priority 0; {rule} }};"
    with by_hand(f"ip netns exec blue nft 'table ip t {{ {chain} }}'"):
        mac = json.loads(run("ip", "-n", "blue", "-j", "link", "show", "eth0"))[0]["address"]
        lines = "\n".join(text.lines(walk("red", "10.9.0.3", "icmp")))
    plain = lines.replace(mac, "MAC")
    for code in ("1", "2", "31", "32", "33", "36", "0"):
        plain = plain.replace(f"\033[{code}m", "")
    assert plain == _GOLDEN


def test_the_command_says_by_its_exit_code_what_comes_of_it() -> None:
    def nsnet(*words: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "nsnet", "walk", *words)
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with by_hand("true"):
        arrives = nsnet("red", "10.9.0.3", "--format", "json")
        assert (arrives.returncode, json.loads(arrives.stdout)["outcome"]) == (0, "answered")
        assert nsnet("red", "10.9.0.3:80").returncode == 1
        picture = nsnet("red", "10.9.0.3:80", "--udp", "--format", "svg")
        assert (picture.returncode, picture.stdout[:5]) == (1, "<svg ")
        wrong = nsnet("red", "10.9.0.3", "--tcp")
        assert (wrong.returncode, wrong.stdout) == (2, "")
        rule = "meta skuid 7 drop; "
        run("nft", f"table ip t {{ chain c {{ type filter hook output priority 0; {rule} }}; }}")
        unsure = nsnet("host", "10.9.0.3")
        assert (unsure.returncode, "Note: " in unsure.stdout) == (3, True)


_HOSTS = """
    ip link add under type bridge && ip link set under up
    for h in 1 2; do
        ip netns add h$h && ip link add u$h type veth peer name eth0 netns h$h
        ip link set u$h master under up && ip -n h$h address add 10.1.1.$h/24 dev eth0
        ip -n h$h link set eth0 up && ip -n h$h link add br0 type bridge
        ip -n h$h link set br0 up && ip -n h$h link add vx0 type vxlan id 42 dstport 4789 \
            local 10.1.1.$h remote 10.1.1.$((3 - h))
        ip -n h$h link set vx0 master br0 up && ip netns add t$h
        ip -n h$h link add vt type veth peer name eth0 netns t$h
        ip -n h$h link set vt master br0 up && ip -n t$h address add 10.50.0.$h/24 dev eth0
        ip -n t$h link set eth0 up && ip netns add m$h
        ip -n h1 link add mv$h link eth0 netns m$h type macvlan mode bridge
        ip -n m$h address add 10.1.1.1$h/24 dev mv$h && ip -n m$h link set mv$h up
    done
"""


def test_over_a_tunnel_and_by_macvlan() -> None:
    try:
        run("sh", "-ec", _HOSTS)
        tunnel = walk("t1", "10.50.0.2", "icmp")
        assert path(tunnel) == [
            *("out t1:eth0", "in h1:vt", "out h1:vx0", "in h2:vx0", "out h2:vt", "in t2:eth0"),
        ]
        brothers = walk("m1", "10.1.1.12", "icmp")
        assert path(brothers) == ["out m1:mv1", "in h1:eth0", "in m2:mv2"]
        assert path(walk("m1", "10.1.1.2", "icmp"))[:3] == [
            *("out m1:mv1", "out h1:eth0", "in host:u1"),
        ]
        parent = walk("m1", "10.1.1.1", "icmp")
        assert (parent.outcome, pings("m1", "10.1.1.1", wait=0.1)) == ("lost", False)
        assert pings("t1", "10.50.0.2")
        run("ip", "-n", "h2", "link", "delete", "vx0")
        command = "type vxlan id 43 dstport 4789 local 10.1.1.2 remote 10.1.1.1"
        run("ip", "-n", "h2", "link", "add", "vx0", *command.split())
        assert walk("t2", "10.50.0.1", "icmp").outcome == "lost"
    finally:
        for name in ("u1", "u2", "under"):
            status("ip", "link", "delete", name)
        for name in ("m1", "m2", "t1", "t2", "h1", "h2"):
            status("ip", "netns", "delete", name)
