"""Networks made by hand with the mistakes that learners make: what a trace says at its end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from nsnet.diagnose.places import Places
from nsnet.diagnose.predict import predict
from nsnet.kernel.stack import Stack
from nsnet.kernel.stub import __file__ as stub
from nsnet.kernel.survey import Survey
from tests.kernel.ladder import why
from tests.kernel.traced import trace
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")

#: Two containers on a bridge, a published port without masquerade, a machine outside.
_SCENE = """
    ip link add br0 type bridge && ip address add 172.17.0.1/16 dev br0 && ip link set br0 up
    for n in 1 2; do
        ip netns add c$n && ip -n c$n link set lo up
        ip link add v$n type veth peer name eth0 netns c$n
        ip link set v$n master br0 && ip link set v$n up
        ip -n c$n address add 172.17.0.1$n/16 dev eth0 && ip -n c$n link set eth0 up
        ip -n c$n route add default via 172.17.0.1
    done
    ip netns add out && ip -n out link set lo up
    ip link add wan0 type veth peer name eth0 netns out && ip link set wan0 up
    ip address add 203.0.113.2/24 dev wan0
    ip -n out address add 203.0.113.1/24 dev eth0 && ip -n out link set eth0 up
    sysctl -qw net.ipv4.ip_forward=1
"""
_RULES = """table ip byhand {
    chain pre {
        type nat hook prerouting priority -100
        ip daddr 203.0.113.2 tcp dport 8080 dnat to 172.17.0.11:80
    }
    chain out { type nat hook output priority -100; tcp dport 8080 dnat to 172.17.0.11:80; }
    chain post { type nat hook postrouting priority 100; }
}"""


@pytest.fixture(autouse=True)
def scene(host: None) -> Iterator[None]:
    words = ("ip", "netns", "exec", "c1", sys.executable, "-ISu", stub)
    try:
        subprocess.run(["sh", "-ec", _SCENE], check=True)
        run("nft", _RULES)
        listen = [*words, "--name", "c1", "tcp:80"]
        with subprocess.Popen(listen, stdout=subprocess.DEVNULL) as server:
            try:
                until = time.monotonic() + 5
                while ":80" not in run("ip", "netns", "exec", "c1", "ss", "-lntH"):
                    assert time.monotonic() < until
                    time.sleep(0.01)
                yield
            finally:
                server.terminate()
    finally:
        run("nft", "delete table ip byhand", check=False)
        for name in ("br0", "wan0", "v1", "v2"):
            run("ip", "link", "delete", name, check=False)
        for name in ("c1", "c2", "out"):
            run("ip", "netns", "delete", name, check=False)
        run("sysctl", "-qw", "net.ipv4.ip_forward=0")
        run("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1", check=False)


def reason(source: str, target: str, protocol: str = "tcp") -> str:
    walk = trace(source, target, protocol, 0.15).walk
    last = walk.events[-1]
    return last.reason or last.text if last.kind == "drop" else walk.outcome


def setting(words: str) -> None:
    run("sysctl", "-qw", words)


def test_a_published_port_of_a_neighbour_and_of_oneself() -> None:
    nf = "net.bridge.bridge-nf-call-iptables"
    run("sysctl", "-qw", f"{nf}=0", check=False)
    assert trace("out", "203.0.113.2:8080").walk.arrived
    assert reason("c2", "203.0.113.2:8080") == "NAT.BRNF_SHORTCUT"
    assert reason("c1", "203.0.113.2:8080") == "NAT.HAIRPIN_NO_MASQ"
    if run("sysctl", "-n", nf, check=False) == "":
        return
    setting(f"{nf}=1")
    assert reason("c2", "203.0.113.2:8080") == "answered"
    assert reason("c1", "203.0.113.2:8080") == "L2.HAIRPIN_OFF"
    run("ip", "link", "set", "v1", "type", "bridge_slave", "hairpin", "on")
    assert reason("c1", "203.0.113.2:8080") == "NAT.HAIRPIN_NO_MASQ"


def test_a_port_published_on_loopback() -> None:
    assert reason("host", "127.0.0.1:8080") == "SYSCTL.ROUTE_LOCALNET"
    setting("net.ipv4.conf.br0.route_localnet=1")
    assert reason("host", "127.0.0.1:8080") == "NAT.LOCAL_SRC"  # already its ARP question
    run("ip", "neighbour", "flush", "dev", "br0")
    assert reason("host", "172.17.0.11", "icmp") == "answered"
    assert reason("host", "127.0.0.1:8080") == "NAT.LOCAL_SRC"
    run("nft", "add rule ip byhand post oifname br0 masquerade")
    assert reason("host", "127.0.0.1:8080") == "answered"


def test_out_into_the_world() -> None:
    assert reason("c1", "203.0.113.1", "icmp") == "NAT.NO_MASQ"
    setting("net.ipv4.ip_forward=0")
    assert reason("c1", "203.0.113.1", "icmp") == "L3.FORWARD_OFF"
    setting("net.ipv4.ip_forward=1")
    refused = trace("c1", "198.51.100.1", "icmp").walk
    assert "unreachable (from 172.17.0.1)" in refused.answer
    run("nft", "add rule ip byhand post oifname wan0 masquerade")
    assert reason("c1", "203.0.113.1", "icmp") == "answered"
    run("ip", "netns", "exec", "out", "sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1")
    run("ip", "-n", "out", "route", "add", "203.0.113.2/32", "dev", "lo")
    assert "rp_filter" in reason("c1", "203.0.113.1", "icmp")


def test_a_port_of_a_bridge_that_does_not_pass_frames_on() -> None:
    assert trace("c1", "172.17.0.12", "icmp").walk.arrived
    for name in ("v1", "v2"):
        run("ip", "link", "set", name, "type", "bridge_slave", "isolated", "on")
    assert "isolated" in reason("c1", "172.17.0.12", "icmp")


def test_a_route_that_forbids() -> None:
    run("ip", "route", "add", "blackhole", "198.51.100.0/24")
    try:
        walk = trace("c1", "198.51.100.7").walk
    finally:
        run("ip", "route", "del", "blackhole", "198.51.100.0/24")
    assert walk.last is not None
    assert walk.last.reason == "L3.ROUTE_FORBIDS"
    assert "says blackhole for 198.51.100.7" in walk.last.text


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_frame_for_a_hardware_address_that_nobody_has(by_hand: bool) -> None:
    """The bridge floods it, or hands it up if one of its ports has that address; then the host's
    stack drops it."""
    run("nft", "add rule ip byhand post oifname wan0 masquerade")
    for name in ("v1", "v2"):  # A bridge of no address of its own takes the lowest of its ports.
        run("ip", "link", "set", name, "address", f"02:00:00:00:00:{'53'[name == 'v2']}0")
    assert reason("c1", "203.0.113.1", "icmp") == "answered"
    if by_hand:
        words = ("172.17.0.1", "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent")
        run("ip", "-n", "c1", "neighbour", "replace", *words)
    else:
        run("ip", "link", "set", "br0", "address", "02:00:00:00:00:77")
    wanted = "L3.STATIC_NEIGHBOUR" if by_hand else "L3.STALE_NEIGHBOUR"
    assert reason("c1", "203.0.113.1", "icmp") == wanted
    assert why("c1", "203.0.113.1").id == wanted
    assert foreseen("c1", "203.0.113.1") == wanted
    run("ip", "-n", "c1", "neighbour", "flush", "all", "nud", "all")
    assert reason("c1", "203.0.113.1", "icmp") == "answered"


def test_an_answer_to_a_hardware_address_that_nobody_has() -> None:
    run("nft", "add rule ip byhand post oifname wan0 masquerade")
    words = ("172.17.0.11", "lladdr", "02:00:00:00:00:99", "dev", "br0", "nud", "permanent")
    run("ip", "neighbour", "replace", *words)
    assert reason("c1", "203.0.113.1", "icmp") == "L3.STATIC_NEIGHBOUR"
    assert why("c1", "203.0.113.1").id == "L3.STATIC_NEIGHBOUR"


def foreseen(source: str, target: str) -> str:
    with Stack() as stack:
        known = Places(Survey(stack), {})
        start = known.source(source)
        walk = predict(known.survey, start, known.target(target, start), "icmp")
    return walk.events[-1].reason or walk.outcome
