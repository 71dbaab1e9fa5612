"""Every fault gets its own diagnosis, on a machine that nsnet made and on one made by hand; mended,
and on healthy machines, there is none."""

from __future__ import annotations

import os
import random
import subprocess

import pytest

from nsnet.diagnose.findings import Finding
from nsnet.diagnose.ladder import diagnose
from nsnet.engine.engine import Engine
from nsnet.faults import inject as faults
from nsnet.faults.catalogue import KINDS
from nsnet.kernel.stack import Stack
from nsnet.looking.places import places
from nsnet.looking.trace import trace
from nsnet.looking.walk import walk as foreseen
from nsnet.topology.model import Container, Network, Topology
from tests.faulty import Machine, machine
from tests.kernel.ladder import listening
from tests.kernel.test_published import HOST, OUT, built, container, names, web
from tests.kernel.test_published import machine as host_with_outside
from tests.support import differences, run, stack

pytestmark = pytest.mark.usefixtures("host")

#: What is broken, on whom, who calls whom: words in braces are those of `Machine`; "web address"
#: is the one on its first network.
CASES: list[tuple[str, str, str, str]] = [
    ("L1.LO_DOWN", "{near}", "{near}", "127.0.0.1"),
    ("L1.LINK_DOWN", "{near}", "{near}", "{web}"),
    ("L1.END_IN_HOST", "{near}", "{near}", "{web}"),
    ("L1.PEER_DOWN", "{near}", "{near}", "{web}"),
    ("L2.NO_MASTER", "{near}", "{near}", "{web}:80"),
    ("L2.BRIDGE_DOWN", "{front}", "{near}", "{web}"),
    ("L2.IP_ON_PORT", "{front}", "{near}", "{outside}"),
    ("L2.HAIRPIN_OFF", "{web}", "{web}", "{host}:{port}"),
    ("L2.ISOLATED", "{front}", "{near}", "{web}:80"),
    ("MTU.BLACKHOLE", "{near}", "{near}", "{web}"),
    ("L3.NO_ADDR", "{near}", "{near}", "{web}"),
    ("L3.STATIC_NEIGHBOUR", "{near}", "{near}", "{outside}"),
    ("L3.PREFIX32", "{near}", "{near}", "{web}"),
    ("L3.NO_DEFAULT", "{near}", "{near}", "{outside}"),
    ("L3.ROUTE_LOST_ON_FLAP", "{near}", "{near}", "{outside}"),
    ("L3.ADDR_LOST_ON_MOVE", "{near}", "{near}", "{web}"),
    ("L3.GW_UNREACHABLE", "{near}", "{near}", "{outside}"),
    ("L3.NO_GW_ADDR", "{front}", "{near}", "{outside}"),
    ("IPAM.OVERLAP", "{front}", "{near}", "{outside}"),
    ("L3.FORWARD_OFF", "{front}", "{near}", "{outside}"),
    ("SYSCTL.WRONG_NS", "{near}", "{near}", "{outside}"),
    ("SYSCTL.ROUTE_LOCALNET", "{front}", "host", "127.0.0.1:{port}"),
    ("SYSCTL.RP_FILTER", "{web}", "{out}", "{host}:{port}"),
    ("SYSCTL.ECHO_IGNORED", "{near}", "{web}", "{near}"),
    ("FLT.DROP", "{near}", "{near}", "{outside}"),
    ("FLT.REJECT", "{near}", "{near}", "{outside}"),
    ("FLT.POLICY_DROP", "{front}", "{near}", "{outside}"),
    ("FLT.NO_ESTABLISHED", "{front}", "{near}", "{outside}"),
    ("FLT.FOREIGN_DROP", "{front}", "{near}", "{outside}"),
    ("FLT.ORDER", "{port}", "{out}", "{host}:{port}"),
    ("FLT.PRE_DNAT_PORT", "{port}", "{out}", "{host}:{port}"),
    ("FLT.ONE_WAY", "{near}", "{web}", "{near}:81"),
    ("NAT.NO_MASQ", "{front}", "{near}", "{outside}"),
    ("NAT.WRONG_HOOK", "{front}", "{near}", "{outside}"),
    ("NAT.NO_DNAT", "{port}", "{out}", "{host}:{port}"),
    ("NAT.DNAT_REFUSED", "{port}", "{out}", "{host}:{port}"),
    ("NAT.DNAT_DEAD", "{port}", "{out}", "{host}:{port}"),
    ("NAT.STALE_TARGET", "{port}", "{out}", "{host}:{port}"),
    ("NAT.OUTPUT_HOOK", "{port}", "host", "{host}:{port}"),
    ("NAT.HAIRPIN_NO_MASQ", "{front}", "{web}", "{host}:{port}"),
    ("NAT.BRNF_SHORTCUT", "{front}", "{near}", "{host}:{port}"),
    ("NAT.LOCAL_SRC", "{front}", "host", "127.0.0.1:{port}"),
    ("APP.NOT_LISTENING", "{web}", "{near}", "{web}:80"),
    ("APP.LOOPBACK_ONLY", "{web}", "{near}", "{web}:80"),
    ("DNS.WRONG_NS", "{idle}", "{idle}", "http://{web}:80/"),
    ("DNS.SILENT", "{near}", "{near}", "http://{web}:80/"),
    ("DNS.NO_SERVER", "{near}", "{near}", "http://{web}:80/"),
]
#: It arrives, though not as it was meant: a remark says so.
REMARKS: list[tuple[str, str, str, str]] = [
    ("L3.TWO_DEFAULTS", "{web}", "{web}", "{outside}"),
    ("FLT.BRIDGED_BYPASS", "{front}", "{near}", "{web}"),
    ("NAT.MASQ_TOO_WIDE", "{front}", "{out}", "{host}:{port}"),
    ("L3.DUP_ADDR", "{near}", "host", "{near}:81"),
]
#: Other names that are right where nothing is nsnet's: no table is more foreign than another, and
#: answers would be accepted further down.
BY_HAND = {"FLT.FOREIGN_DROP": "FLT.DROP", "FLT.ONE_WAY": "FLT.ORDER"}
#: They are tried elsewhere.
ELSEWHERE = {
    "CT.STALE",
    "NAT.DNAT_TOO_WIDE",
    "MTU.OVERLAY",
    "VX.NO_REMOTE",
    "VX.VNI_MISMATCH",
    "VX.PORT",
}


def why(source: str, target: str) -> Finding:
    with Stack() as stack:
        known = places(stack)
        origin = known.source(source)
        return diagnose(stack, known, origin, known.target(target, origin))


def filled(it: Machine, words: str) -> str:
    return words.format(**{name: getattr(it, name) for name in Machine._shape.hints})


def test_every_kind_is_tried() -> None:
    tried = {case[0] for case in CASES} | {case[0] for case in REMARKS}
    assert tried | ELSEWHERE == set(KINDS)


@pytest.mark.parametrize("which", ["made", "hand"])
@pytest.mark.parametrize("name", sorted({case[0].partition(".")[0] for case in CASES}))
def test_the_diagnosis_of_every_fault(name: str, which: str) -> None:
    engine = Engine()
    wrong = []
    with machine(which) as it:
        for case in CASES:
            if case[0].partition(".")[0] != name:
                continue
            _, on, source, target = (filled(it, words) for words in case)
            faults.inject(engine, case[0], on)
            run("ip", "neighbour", "flush", "all", check=False)
            found = why(source, target)
            faults.clear(engine)
            wanted = case[0] if it.made else BY_HAND.get(case[0], case[0])
            if found.id != wanted:
                wrong.append(f"{case[0]}: {source} -> {target} is {found.id} {found.broken}")
            if case[0].startswith("DNS"):
                continue
            after = why(source, target)
            if after.ok is not True:
                wrong.append(f"{case[0]} mended: {after.broken}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("which", "name", "on", "source", "target"),
    [
        ("made", "L3.NO_ADDR", "{near}", "{near}", "http://{web}:80/"),
        ("hand", "L3.NO_ADDR", "{near}", "{near}", "http://{web}:80/"),
        ("made", "L3.NO_ADDR", "{near}", "{web}", "http://{near}:81/"),
        ("made", "L3.NO_ADDR", "{web}", "{near}", "http://{web}:80/"),
        ("made", "L3.NO_ADDR", "{web}", "{web}", "{outside}"),
        ("hand", "L1.LINK_DOWN", "{web}", "{web}", "{outside}"),
        ("hand", "L1.LINK_DOWN", "{near}", "{near}", "http://{web}:80/"),
        ("made", "L1.LO_DOWN", "{near}", "{near}", "http://{web}:80/"),
    ],
)
def test_a_lower_rung_is_named_though_the_name_or_route_is_missing_too(
    which: str, name: str, on: str, source: str, target: str
) -> None:
    with machine(which) as it:
        on, source, target = (filled(it, words) for words in (on, source, target))
        faults.inject(Engine(), name, on)
        found = why(source, target)
        faults.clear(Engine())
    assert found.id == name, found.broken
    assert found.rung not in found.passed


#: What a trace alone would not see, or would call by another name.
TRACED = ("L1.LINK_DOWN", "L2.NO_MASTER", "L3.NO_GW_ADDR", "IPAM.OVERLAP", "FLT.ORDER")
REFUSED = ("NAT.NO_DNAT", "NAT.DNAT_REFUSED", "APP.LOOPBACK_ONLY")


def test_trace_and_walk_end_with_the_diagnosis_of_why() -> None:
    engine = Engine()
    said = {}
    with machine("made") as it:
        for case in CASES:
            if case[0] in TRACED + REFUSED:
                _, on, source, target = (filled(it, words) for words in case)
                faults.inject(engine, case[0], on)
                run("ip", "neighbour", "flush", "all", check=False)
                run("ip", "-n", it.near, "neighbour", "flush", "all")
                walk = foreseen(source, target)
                seen = walk.notes[-1].partition(":")[0] if walk.notes else walk.events[-1].reason
                walk = trace(source, target, timeout=0.2).walk
                faults.clear(engine)
                assert walk.last is not None
                notes = [note.partition(":")[0] for note in walk.notes]
                said[case[0]] = notes[0] if case[0] in REFUSED else walk.last.reason
                assert "perhaps by a firewall" not in walk.last.text
                assert seen == said[case[0]]
        assert trace(it.near, it.web).walk.arrived
    assert said == {name: name for name in TRACED + REFUSED}


@pytest.mark.parametrize("which", ["made", "hand"])
def test_what_works_by_luck_gets_a_remark(which: str) -> None:
    engine = Engine()
    wrong = []
    with machine(which) as it:
        for case in REMARKS:
            _, on, source, target = (filled(it, words) for words in case)
            faults.inject(engine, case[0], on)
            found = why(source, target)
            faults.clear(engine)
            said = [found.id, *(each.id for each in found.remarks)]
            if case[0] not in said:
                wrong.append(f"{case[0]}: {source} -> {target} is {said}")
            after = why(source, target)
            if after.ok is not True or after.remarks:
                wrong.append(f"{case[0]} mended: {after.broken} {after.remarks}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("which", ["made", "hand"])
@pytest.mark.parametrize("answers", [True, False])
def test_a_published_port_that_takes_calls_of_others(which: str, answers: bool) -> None:
    """Also where one answers, but the wrong one."""
    engine, name = Engine(), "NAT.DNAT_TOO_WIDE"
    with machine(which) as it, listening(it.out, "0.0.0.0", int(it.port)):
        if not answers:
            faults.inject(engine, "APP.NOT_LISTENING", it.web)
        faults.inject(engine, name, it.port)
        found = why(it.near, f"{it.outside}:{it.port}")
        own = why(it.out, f"{it.host}:{it.port}") if answers else None
        faults.clear(engine, [name])
        after = why(it.near, f"{it.outside}:{it.port}")
        faults.clear(engine)
    assert (found.ok, found.id) == (False, name)
    assert found.broken is not None
    assert f"dport {it.port}" in str(found.broken.facts["rule"])
    assert after.ok
    assert own is None or own.ok


def test_a_flow_that_goes_on_to_an_old_address() -> None:
    engine = Engine()
    with machine("made") as it:
        faults.inject(engine, "CT.STALE", it.names)
        found = why(it.out, f"{it.host}:5353/udp")
        assert "CT.STALE" in [found.id, *(each.id for each in found.remarks)]
        faults.clear(engine)
        after = why(it.out, f"{it.host}:5353/udp")
        assert (after.ok, after.remarks) == (True, ())


_TUNNEL = """
for n in 1 2; do
    ip netns add h$n && ip -n h$n link set lo up
    ip netns add t$n && ip -n t$n link set lo up
done
ip link add u1 netns h1 type veth peer name u2 netns h2
for n in 1 2; do
    ip -n h$n address add 192.168.77.$n/24 dev u$n && ip -n h$n link set u$n up
    ip -n h$n link add vx type vxlan id 42 dstport 4789 local 192.168.77.$n
    ip -n h$n link add br0 type bridge && ip -n h$n link set br0 up
    ip -n h$n link set vx master br0 up
    bridge -n h$n fdb append 00:00:00:00:00:00 dev vx dst 192.168.77.$((3 - n))
    ip link add e0 mtu 1450 netns t$n type veth peer name v mtu 1450 netns h$n
    ip -n h$n link set v master br0 up
    ip -n t$n address add 10.99.0.$n/24 dev e0 && ip -n t$n link set e0 up
done
"""


def test_tunnels_that_do_not_meet() -> None:
    engine = Engine()
    try:
        subprocess.run(["sh", "-ec", _TUNNEL], check=True)
        entries, before = lasting(), stack("h1")
        assert any("dst 192.168.77.2" in each for each in entries)
        assert why("t1", "t2").ok
        for name in ("VX.NO_REMOTE", "VX.VNI_MISMATCH", "VX.PORT", "MTU.OVERLAY"):
            faults.inject(engine, name, "t1")
            for each in ("t1", "t2"):
                run("ip", "-n", each, "neighbour", "flush", "all")
            assert why("t1", "t2").id == name
            faults.clear(engine)
            assert lasting() == entries
            assert differences(before, stack("h1")) == []
            assert why("t1", "t2").ok
    finally:
        for each in ("t1", "t2", "h1", "h2"):
            run("ip", "netns", "delete", each, check=False)


def lasting() -> list[str]:
    """The entries of the tunnel that were not learned from frames."""
    lines = run("bridge", "-n", "h1", "fdb", "show", "dev", "vx").splitlines()
    return sorted(each for each in lines if "permanent" in each and "33:33" not in each)


def random_topology(dice: random.Random) -> Topology:
    """One to three networks, and containers on one or two of them."""
    nets = tuple(
        Network(name, internal=dice.random() < 0.2, enable_ipv6=dice.random() < 0.3)
        for name in ("na", "nb", "nc")[: dice.randint(1, 3)]
    )
    boxes: list[Container] = []
    for number in range(dice.randint(2, 5)):
        on = dice.sample(nets, min(len(nets), dice.randint(1, 2)))
        ports = [web(8080 + number, dice.choice(("", HOST))), names(5353 + number)]
        kept = tuple(dice.sample(ports, dice.randint(0, 2)))
        boxes.append(container(f"c{number}", *(net.name for net in on), ports=kept))
    return Topology("t", nets, tuple(boxes))


def healthy_calls(topology: Topology) -> list[tuple[str, str]]:
    """What works on such a machine: neighbours, gateways, the world, published ports."""
    internal = {net.name for net in topology.networks if net.internal}
    found = [("host", f"{box.name}:80") for box in topology.containers]
    for box in topology.containers:
        on = {each.network for each in box.attachments}
        for other in topology.containers:
            if other is not box and on & {each.network for each in other.attachments}:
                found += [(box.name, other.name), (box.name, f"{other.name}:80")]
        found.append((box.name, "127.0.0.1:80"))
        if on - internal:
            found += [(box.name, OUT), (box.name, "host")]
            for port in box.ports:
                kind = "" if port.protocol == "tcp" else "/udp"
                found.append(("out", f"{HOST}:{port.host_port}{kind}"))
    return found


@pytest.mark.parametrize("seed", range(int(os.environ.get("NSNET_RANDOM", "30"))))
def test_no_false_alarm(seed: int) -> None:
    dice = random.Random(seed)
    topology = random_topology(dice)
    wrong = []
    with host_with_outside(dice.random() < 0.5, forwarding=True), built(topology):
        calls = healthy_calls(topology)
        for source, target in dice.sample(calls, min(len(calls), 12)):
            found = why(source, target)
            if found.ok is not True or found.broken or found.remarks:
                wrong.append(f"{source} -> {target}: {found.broken} {found.remarks}")
    assert not wrong, "\n".join(wrong)
