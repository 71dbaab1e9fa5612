"""`nsnet why` on networks of unusual shapes, made by hand: routers in a row, cables without a
bridge, addresses of one bit less. What is healthy is not complained about; what is broken is
called by its name."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from nsnet.diagnose.places import Places
from nsnet.diagnose.predict import predict
from nsnet.diagnose.texts import message
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from tests.kernel.ladder import listening, machine, sh, why

pytestmark = pytest.mark.usefixtures("host")

#: a, two routers, b; each a cable from the next, the one between the routers with a /31.
ROW = """
    for x in {a} {r1} {r2} {b}; do ip netns add $x; ip -n $x link set lo up; done
    cable() {{
        ip -n $1 link add $2 type veth peer name $4 netns $3
        ip -n $1 link set $2 up; ip -n $3 link set $4 up
    }}
    cable {a} eth0 {r1} in0; cable {r1} out0 {r2} in0; cable {r2} out0 {b} eth0
    ip -n {a} address add {n}.1.2/24 dev eth0; ip -n {r1} address add {n}.1.1/24 dev in0
    ip -n {r1} address add {n}.2.1/31 dev out0; ip -n {r2} address add {n}.2.0/31 dev in0
    ip -n {r2} address add {n}.3.1/24 dev out0; ip -n {b} address add {n}.3.2/24 dev eth0
    ip -n {b} address add {n}.3.7/24 dev eth0
    ip -n {a} route add default via {n}.1.1; ip -n {b} route add default via {n}.3.1
    ip -n {r1} route add default via {n}.2.0; ip -n {r2} route add {n}.1.0/24 via {n}.2.1
    for x in {r1} {r2}; do ip netns exec $x sysctl -qw net.ipv4.ip_forward=1; done
"""
NAMES = {"a": "a", "r1": "left", "r2": "right", "b": "b", "n": "10.40"}
_SNAT = "ip netns exec {r1} iptables-nft -t nat -A POSTROUTING -o out0 -j SNAT --to-source "
_REJECT = "ip netns exec {b} iptables-nft -A INPUT -p tcp --dport 80 -j REJECT"


@contextmanager
def row(*broken: str) -> Iterator[None]:
    with machine(NAMES, ROW), ExitStack() as stack:
        stack.enter_context(listening("b", "0.0.0.0", 80))
        stack.enter_context(listening("b", "10.40.3.7", 82))
        stack.enter_context(listening("b", "::", 83))
        for each in broken:
            sh(each, NAMES)
        yield


@pytest.mark.parametrize(
    "script", ["true", "ip -n {r2} route del {n}.1.0/24; " + _SNAT + "{n}.2.1"]
)
def test_routers_in_a_row_are_healthy(script: str) -> None:
    with row(script):
        for target in ("b", "b:80", "10.40.3.7:82", "10.40.2.0"):
            finding = why("a", target)
            assert finding.ok, (target, finding)
            assert not finding.remarks


@pytest.mark.parametrize(
    ("script", "target", "name", "said"),
    [
        ("ip -n {r2} route del {n}.1.0/24", "b:80", "NAT.NO_MASQ", "10.40.1.2, and right has no"),
        ("ip -n {r1} address del {n}.1.1/24 dev in0; ip -n {r1} address add {n}.1.1/32 dev in0",
         "b:80", "L3.ROUTE_LOOP", "right → left → right"),
        (_SNAT + "{n}.9.9", "b:80", "NAT.WRONG_SOURCE", "left rewrites the source 10.40.1.2 to"),
        ("ip -n {r2} route add {n}.4.0/24 via {n}.2.1", "10.40.4.4", "L3.ROUTE_LOOP", "left"),
        (_REJECT, "b:80", "FLT.REJECT", "b rejects"),
        ("true", "b:82", "APP.OTHER_ADDRESS", "10.40.3.7"),
        ("true", "b:83", "APP.OTHER_ADDRESS", "listens on :: port 83, not on 10.40.3.2"),
        ("ip -n {r2} neigh replace {n}.3.2 lladdr 02:00:00:00:00:99 dev out0 nud permanent",
         "b:80", "L3.STATIC_NEIGHBOUR", "02:00:00:00:00:99"),
    ],
)  # fmt: skip
def test_what_is_broken_in_a_row_is_named(script: str, target: str, name: str, said: str) -> None:
    with row(script):
        finding = why("a", target)
    assert (finding.id, finding.exit_code) == (name, 1), finding
    assert finding.broken is not None
    assert said in message(finding.broken)
    assert "?" not in message(finding.broken)


def test_a_program_that_takes_the_call_and_says_nothing() -> None:
    with row():
        finding = why("a", "http://10.40.3.2/")
    assert finding.id == "APP.SILENT", finding
    assert finding.broken is not None
    assert "b takes the connection on port 80" in message(finding.broken)


def test_what_no_rung_explains_is_told_as_far_as_it_was_seen() -> None:
    mangle = "ip netns exec {a} iptables-nft -t mangle -A OUTPUT -p tcp -j MARK --set-mark 5"
    rule = "ip -n {a} rule add fwmark 5 lookup 200; ip -n {a} route add default dev lo table 200"
    with row(mangle, rule):
        finding = why("a", "b:80")
    assert finding.id == "UNKNOWN", finding
    assert finding.broken is not None
    assert str(finding.broken.facts["last"]) in message(finding.broken)
    assert len(str(finding.broken.facts["last"])) > 5


def test_what_the_kernel_will_not_send_could_not_be_checked() -> None:
    with row("ip -n {a} address add fe80::77/64 dev eth0 nodad"):
        finding = why("a", "fe80::1")
    assert (finding.ok, finding.id, finding.exit_code) == (None, None, 3), finding
    assert threading.active_count() == 1


def test_a_port_that_learns_is_told() -> None:
    script = """
        ip link add sw type bridge stp_state 1; ip link set sw up
        for x in 1 2; do
            ip netns add n$x; ip link add p$x type veth peer name eth0 netns n$x
            ip -n n$x address add 10.41.0.$x/24 dev eth0; ip -n n$x link set eth0 up
            ip link set p$x master sw up
        done
    """
    with machine({}, script):
        finding = why("n1", "n2")
    assert finding.id == "L2.PORT_BLOCKED", finding
    assert finding.broken is not None
    assert "sw" in message(finding.broken)


def test_a_loopback_that_is_open_to_others_is_remarked() -> None:
    opened = """
        ip netns exec {b} sysctl -qw net.ipv4.conf.all.route_localnet=1
        ip netns exec {b} iptables-nft -t nat -A PREROUTING -p tcp --dport 70 \\
            -j DNAT --to-destination 127.0.0.1:71
    """
    with row(opened), listening("b", "127.0.0.1", 71):
        finding = why("a", "b:70")
    assert finding.ok, finding
    assert [each.id for each in finding.remarks] == ["SEC.REMOTE_LOOPBACK"]
    assert "10.40.1.2 reaches 127.0.0.1:71" in message(finding.remarks[0])


def test_a_place_without_any_address() -> None:
    with row():
        finding = why("a", "host")
    assert (finding.id, finding.exit_code) == ("TARGET.DOWN", 1), finding


#: Two machines that have an address of their own alone, and ask for a gateway that nobody has:
#: the router's cables have no address, it answers for others (proxy ARP), as Calico's do.
ROUTED = """
    for x in {a} {r1} {b} {out}; do ip netns add $x; ip -n $x link set lo up; done
    for x in "{a} 2" "{b} 3"; do set -- $x
        ip -n $1 link add eth0 type veth peer name to$1 netns {r1}
        ip -n $1 link set eth0 up; ip -n {r1} link set to$1 up
        ip -n $1 address add {n}.9.$2/32 dev eth0; ip -n $1 route add 169.254.1.1 dev eth0
        ip -n $1 route add default via 169.254.1.1 dev eth0
        ip -n {r1} route add {n}.9.$2 dev to$1
    done
    ip -n {r1} link add wan type veth peer name wan netns {out}
    ip -n {r1} address add {n}.8.1/24 dev wan; ip -n {r1} link set wan up
    ip -n {out} address add {n}.8.2/24 dev wan; ip -n {out} link set wan up
    ip -n {r1} route add default via {n}.8.2; ip -n {out} route add {n}.9.0/24 via {n}.8.1
    ip netns exec {r1} sysctl -qw net.ipv4.ip_forward=1
    for x in to{a} to{b}; do
        ip netns exec {r1} sysctl -qw net.ipv4.conf.$x.proxy_arp=1
    done
"""
_PROXY = {**NAMES, "out": "out"}


@pytest.mark.parametrize(
    ("script", "name", "said"),
    [
        ("true", None, ""),
        ("ip netns exec {r1} sysctl -qw net.ipv4.conf.to{a}.proxy_arp=0", "L3.GW_UNREACHABLE",
         "169.254.1.1"),
        ("ip netns exec {r1} sysctl -qw net.ipv4.ip_forward=0", "L3.FORWARD_OFF", "left"),
        ("ip netns exec {r1} sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.to{a}.forwarding=1",
         "L3.FORWARD_OFF", "on tob"),
        ("ip -n {r1} route del {n}.9.3", "L3.FORWARD_OFF", "out"),
    ],
)  # fmt: skip
def test_routed_cables_without_addresses(script: str, name: str | None, said: str) -> None:
    with machine(_PROXY, ROUTED):
        sh(script, _PROXY)
        finding = why("a", "b")
    assert (finding.id, finding.ok) == (name, name is None), finding
    assert finding.broken is None or said in message(finding.broken)


@pytest.mark.parametrize(("target", "sure"), [("MASQUERADE", True), ("SNAT --to 10.9.1.1", False)])
def test_what_iptables_translates(target: str, sure: bool) -> None:
    """Of MASQUERADE all is known, of SNAT not the address: then nothing after it is sure."""
    script = f"""
        for x in a r o; do ip netns add $x; done
        ip -n a link add eth0 type veth peer name lan netns r
        ip -n r link add wan type veth peer name wan netns o
        for x in "a eth0 10.9.0.2" "r lan 10.9.0.1" "r wan 10.9.1.1" "o wan 10.9.1.2"; do
            set -- $x; ip -n $1 address add $3/24 dev $2; ip -n $1 link set $2 up
        done
        ip -n a route add default via 10.9.0.1
        ip netns exec r sysctl -qw net.ipv4.ip_forward=1
        ip netns exec r iptables-nft -t nat -A POSTROUTING -o wan -j {target}
    """
    with machine({}, script), Stack() as stack:
        places = Places(Survey(stack), {})
        origin = places.source("a")
        walk = predict(places.survey, origin, places.target("o", origin), "icmp")
    assert all(event.sure for event in walk.events) == sure, walk.events
    assert walk.arrived == sure
    assert bool(walk.notes) != sure


TUNNEL = """
    for x in 1 2; do ip netns add x$x; ip -n x$x link set lo up; done
    ip -n x1 link add under type veth peer name under netns x2
    for x in "1 2" "2 1"; do set -- $x
        ip -n x$1 address add 192.168.5.$1/24 dev under; ip -n x$1 link set under up
        ip -n x$1 link add vx type vxlan id 7 remote 192.168.5.$2 dstport 4789 dev under
        ip -n x$1 address add 10.77.0.$1/24 dev vx; ip -n x$1 link set vx up
    done
"""


@pytest.mark.parametrize(
    ("script", "name", "said"),
    [
        ("true", None, ""),
        ("ip netns exec x2 iptables-nft -A INPUT -p udp --dport 4789 -j DROP", "VX.UNDERLAY",
         "192.168.5.2:4789"),
        ("ip -n x2 link set under down", "VX.UNDERLAY", "is down"),
    ],
)  # fmt: skip
def test_what_a_tunnel_goes_over(script: str, name: str | None, said: str) -> None:
    with machine({}, TUNNEL):
        sh(script, {})
        finding = why("x1", "10.77.0.2")
    assert finding.id == name, finding
    assert finding.broken is None or said in message(finding.broken)


def test_rules_at_an_interface_make_a_prediction_unsure() -> None:
    rules = """
        ip netns exec {b} nft 'table netdev x {{ chain f {{
            type filter hook ingress device "eth0" priority 0; tcp dport 80 drop; }}; }}'
    """
    with row(rules), Stack() as stack:
        places = Places(Survey(stack), {})
        origin = places.source("a")
        walk = predict(places.survey, origin, places.target("b:80", origin), "tcp")
    assert not walk.events[-1].sure
    assert any("netdev" in note for note in walk.notes)
