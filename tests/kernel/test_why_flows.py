"""`nsnet why` about flows: what is remembered of old ones, several hosts, datagrams without an
answer, and what nsnet keeps apart by design."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from nsnet.diagnose.findings import Finding
from nsnet.diagnose.ladder import diagnose
from nsnet.diagnose.texts import message
from nsnet.engine.engine import Engine
from nsnet.kernel.stack import Stack
from nsnet.kernel.syscalls import CLONE_NEWNET, setns
from nsnet.looking.places import places
from nsnet.topology.model import Attachment, Container, Network, Topology
from tests.kernel.ladder import MACHINES, SCENE, listening, machine, sh, why
from tests.kernel.test_why_names import stubs
from tests.kernel.test_why_rules import BRIDGED, PRE, nat

pytestmark = pytest.mark.usefixtures("host")

Names = Mapping[str, str]
both = pytest.mark.parametrize("names", MACHINES, ids=lambda names: names["c1"])


@contextmanager
def datagrams(space: str) -> Iterator[socket.socket]:
    """A UDP socket in a namespace."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        with open(f"/run/netns/{space}") as there:
            setns(there.fileno(), CLONE_NEWNET)
        sock = socket.socket(type=socket.SOCK_DGRAM)
    finally:
        setns(home, CLONE_NEWNET)
        os.close(home)
    with sock:
        yield sock


@both
def test_an_old_flow_keeps_its_target(names: Names) -> None:
    first = nat(PRE + "ip daddr {hw} udp dport {pub} dnat to {n}.2:53")
    then = nat(PRE + "ip daddr {hw} udp dport {pub} dnat to {n}.3:53")
    with machine(names, SCENE + first), datagrams(names["out"]) as caller, stubs(names["c2"]):
        caller.sendto(b"?", (names["hw"], int(names["pub"])))
        sh(then, names)
        finding = why(names["out"], f"{names['hw']}:{names['pub']}/udp")
    assert finding.ok, finding
    assert [each.id for each in finding.remarks] == ["CT.STALE"]
    assert f"{names['n']}.2:53" in message(finding.remarks[0])


@both
def test_a_datagram_that_nobody_answers(names: Names) -> None:
    with machine(names, SCENE), datagrams(names["c2"]) as service:
        service.bind(("0.0.0.0", 5000))
        finding = why(names["c1"], f"{names['c2']}:5000/udp")
        other = why(names["c1"], f"{names['c2']}:5001/udp")
    assert finding.ok, finding
    assert finding.notes == ("delivered",)
    assert other.id == "APP.NOT_LISTENING"


@both
def test_a_balancer_that_forgets_the_port(names: Names) -> None:
    rules = nat(PRE + "ip daddr {hw} tcp dport {pub} dnat to numgen inc mod 1 map {{ 0 : {n}.2 }}")
    with machine(names, SCENE + rules), listening(names["c1"], "0.0.0.0", 80):
        finding = why(names["out"], f"{names['hw']}:{names['pub']}")
    assert finding.id == "MESH.MAP_NO_PORT", finding


#: A second host on the same wire, which the container has as its gateway.
MESH = (
    SCENE
    + """
    ip netns add side && ip link add s0 type veth peer name s0 netns side
    ip link set s0 master {br} up && ip -n side address add {n}.9/{len} dev s0
    ip -n side link set s0 up && ip netns exec side sysctl -qw net.ipv4.ip_forward=1
    ip link add s1 type veth peer name s1 netns side
    ip link add up9 type bridge && ip link set up9 up && ip link set s1 master up9 up
    ip link set {wan} master up9 && ip address flush dev {wan} && ip address add {hw}/24 dev up9
    ip -n side address add {near}.77/24 dev s1 && ip -n side link set s1 up
    ip -n {c1} route replace default via {n}.9
"""
)


@both
def test_an_answer_that_takes_another_way(names: Names) -> None:
    given = {**names, "near": names["ow"].rpartition(".")[0]}
    bridged = BRIDGED.format(0)
    with machine(given, bridged + MESH), listening(names["c1"], "0.0.0.0", 80):
        sh(nat(PRE + "ip daddr {hw} tcp dport {pub} dnat to {n}.2:80"), given)
        finding = why(names["out"], f"{names['hw']}:{names['pub']}")
    assert finding.id == "MESH.NO_SNAT", finding
    assert finding.broken is not None
    assert names["c1"] in message(finding.broken)


def made(source: str, target: str) -> Finding:
    """The diagnosis, with what nsnet has recorded."""
    with Stack() as stack:
        known = places(stack)
        origin = known.source(source)
        return diagnose(stack, known, origin, known.target(target, origin))


def test_what_is_kept_apart_by_design() -> None:
    silent = (("com.docker.network.bridge.enable_icc", "false"),)
    networks = (
        Network("front"), Network("back", internal=True), Network("quiet", options=silent),
    )  # fmt: skip
    on = {"web": "front", "db": "back", "one": "quiet", "two": "quiet"}
    containers = (Container(name, attachments=(Attachment(net),)) for name, net in on.items())
    lonely = Container("lonely", mode="none")
    engine = Engine()
    engine.up(Topology("apart", networks, (*containers, lonely)))
    try:
        found = {
            pair: made(*pair).id
            for pair in [
                ("web", "one"), ("web", "db"), ("db", "web"),
                ("one", "two"), ("web", "lonely"), ("lonely", "web"), ("host", "db"),
            ]
        }  # fmt: skip
        names = made("web", "http://two:80/")
    finally:
        engine.down("apart")
    assert list(found.values()) == [
        "NET.ISOLATED", "NET.ISOLATED", "NET.INTERNAL",
        "NET.ICC_OFF", "MODE.NONE", "MODE.NONE", None,
    ], found  # fmt: skip
    assert names.id in ("DNS.NXDOMAIN", "DNS.SILENT")


def test_the_command() -> None:
    names = MACHINES[0]
    command = [sys.executable, "-m", "nsnet", "why", "c1", "c2"]
    with machine(names, SCENE):
        good = subprocess.run([*command, "--format", "json"], capture_output=True, check=False)
        sh("ip link set {v2} nomaster", names)
        bad = subprocess.run([*command, "--format", "json"], capture_output=True, check=False)
        told = subprocess.run(
            [*command, "--lang", "ko"], capture_output=True, text=True, check=False
        )
        nobody = subprocess.run([*command[:-1], "nobody"], capture_output=True, check=False)
    assert (good.returncode, bad.returncode, nobody.returncode) == (0, 1, 5)
    assert json.loads(good.stdout)["ok"] is True
    assert json.loads(good.stdout)["id"] is None
    said = json.loads(bad.stdout)
    assert {"ok", "id", "rung", "facts", "message", "see", "docker"} <= said.keys()
    assert (said["ok"], said["id"], said["rung"]) == (False, "L2.NO_MASTER", "bridge")
    assert "✗" in told.stdout
    assert "꽂혀" in told.stdout
