"""The survey against `ip`: whatever it tells, iproute2 tells as well."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")


def ip(namespace: str, *words: str) -> list[dict[str, Any]]:
    at = ("-n", namespace) if namespace else ()
    found = json.loads(run("ip", "-j", "-d", *at, *words) or "[]")
    return [each for each in found if each]


@pytest.fixture
def survey(host: None) -> Iterator[Survey]:
    for command in """
        ip netns add red
        ip netns add blue
        ip link add br0 type bridge
        ip link add v-red type veth peer name eth0 netns red
        ip link add v-blue type veth peer name eth0 netns blue
        ip link set v-red master br0
        ip link set v-blue master br0
        bridge link set dev v-red hairpin on
        bridge link set dev v-blue isolated on
        ip address add 10.1.0.1/24 dev br0
        ip -n red address add 10.1.0.2/24 dev eth0
        ip -n red address add 10.9.0.1 peer 10.9.0.2/32 dev eth0
        ip -n blue address add fd00::3/64 dev eth0 nodad
        ip link set br0 up
        ip link set v-red up
        ip -n red link set lo up
        ip -n red link set eth0 up
        ip -n red route add default via 10.1.0.1
        ip -n red route add 10.5.0.0/16 via 10.1.0.1 metric 7 table 99
        ip -n red route add blackhole 10.6.0.0/16
        ip -n red route add 10.7.0.0/16 nexthop via 10.1.0.1 nexthop via 10.9.0.2
        ip -n red rule add from 10.9.0.0/16 lookup 99
        ip -n red rule add fwmark 3 iif eth0 ipproto tcp lookup 98
        ip -n red neigh add 10.1.0.77 lladdr 02:00:00:00:00:07 dev eth0
        ip link add vx0 type vxlan id 42 local 10.1.0.1 dstport 4789
        bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.1.0.9
        """.strip().splitlines():
        run(*command.split())
    with Stack() as stack:
        yield Survey(stack)
    for device in ("v-red", "v-blue", "br0", "vx0"):
        run("ip", "link", "del", device)
    for name in ("red", "blue"):
        run("ip", "netns", "del", name)
    run("umount", "/run/netns")
    run("rmdir", "/run/netns")


def test_interfaces(survey: Survey) -> None:
    for key in ("", "red", "blue"):
        wanted = {each["ifname"]: each for each in ip(key, "link", "show")}
        found = survey.interfaces(key)
        assert list(found) == list(wanted)
        for name, one in found.items():
            theirs = wanted[name]
            assert (one.index, one.mtu, one.mac) == (
                theirs["ifindex"],
                theirs["mtu"],
                theirs["address"],
            )
            assert one.kind == theirs.get("linkinfo", {}).get("info_kind", "")
            assert (one.up, one.carrier) == ("UP" in theirs["flags"], "LOWER_UP" in theirs["flags"])
    red = survey.interfaces("red")["eth0"]
    assert survey.other_end(red) == survey.interfaces("")["v-red"]
    assert survey.other_end(survey.interfaces("")["v-blue"]) == survey.interfaces("blue")["eth0"]
    ports = survey.interfaces("")
    assert (ports["v-red"].port["hairpin"], ports["v-red"].port["isolated"]) == (1, 0)
    assert (ports["v-blue"].port["hairpin"], ports["v-blue"].port["isolated"]) == (0, 1)
    assert ports["v-red"].master == ports["br0"].index
    assert (
        dict(ports["vx0"].options).items() >= {"id": 42, "port": 4789, "local": "10.1.0.1"}.items()
    )


def test_addresses_routes_and_rules(survey: Survey) -> None:
    for key in ("", "red", "blue"):
        wanted = {
            (link["ifname"], f"{a['local']}/{a['prefixlen']}", a["scope"])
            for link in ip(key, "address", "show")
            for a in link["addr_info"]
        }
        assert {(a.device, a.cidr, a.scope) for a in survey.addresses(key)} == wanted
    found = survey.routes("red")
    main = [(r.destination, r.via, r.kind) for r in found if r.table == 254 and r.family == 2]
    assert ("default", "10.1.0.1", "unicast") in main
    assert ("10.6.0.0/16", "", "blackhole") in main
    assert {via for to, via, _ in main if to == "10.7.0.0/16"} == {"10.1.0.1", "10.9.0.2"}
    assert len([1 for r in found if r.table == 254 and r.family == 2]) == 1 + len(
        ip("red", "-4", "route", "show", "table", "main")
    )
    (other,) = (r for r in found if r.table == 99)
    assert (other.destination, other.metric) == ("10.5.0.0/16", 7)
    ours = [r for r in survey.policy("red") if r.table in (98, 99)]
    assert {(r.source, r.mark, r.iif, r.more) for r in ours} == {
        ("10.9.0.0/16", 0, "", False),
        ("", 3, "eth0", True),
    }
    peer = next(a for a in survey.addresses("red") if a.ip == "10.9.0.1")
    assert peer.peer == "10.9.0.2"


def test_neighbours_listeners_settings_and_rules(survey: Survey) -> None:
    (one,) = survey.neighbours("red")
    assert (one.ip, one.mac, one.state) == ("10.1.0.77", "02:00:00:00:00:07", "PERMANENT")
    assert any(e.remote == "10.1.0.9" and e.device == "vx0" for e in survey.fdb(""))
    assert {e.master for e in survey.fdb("") if e.device == "v-red"} == {"br0", ""}
    assert survey.sysctl("red", "net.ipv4.ip_forward") == "0"
    assert survey.sysctl("red", "net.ipv4.no_such_thing") is None
    run("ip", "netns", "exec", "red", "nft", "add table ip mine")
    run("ip", "netns", "exec", "red", "nft", "add table inet nsnet-trace-1")
    assert {"table"} == {kind for item in survey.ruleset("red") for kind in item}
    assert [item["table"]["name"] for item in survey.ruleset("red")] == ["mine"]
    assert survey.ruleset("blue") == []
    assert survey.owner("10.1.0.2")[0][0] == "red"


def test_namespaces_without_a_name(survey: Survey) -> None:
    child = subprocess.Popen(["unshare", "-n", "sh", "-c", "ip link set lo up; echo; read x"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert child.stdout
    assert child.stdin
    child.stdout.readline()
    key = f"pid:{child.pid}"
    assert survey.spaces()[key].pids[0] == child.pid
    assert survey.interfaces(key)["lo"].up
    assert not survey.interfaces("blue")["lo"].up, "the thread is not home again"
    child.stdin.close()
    child.wait()
    child.stdout.close()
    assert survey.addresses(key) == ()
    assert survey.sysctl(key, "net.ipv4.ip_forward") is None


def test_who_listens(survey: Survey) -> None:
    script = (
        "import socket, sys\n"
        "kept = [socket.create_server(('10.1.0.2', 80)), socket.socket(2, 2)]\n"
        "kept[1].bind(('0.0.0.0', 53)); print(flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(["ip", "netns", "exec", "red", "python3", "-c", script],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert child.stdout
    child.stdout.readline()
    found = {(each.protocol, each.address, each.port) for each in survey.listeners("red")}
    assert found == {("tcp", "10.1.0.2", 80), ("udp", "0.0.0.0", 53)}
    assert survey.listeners("blue") == ()
    child.communicate()
