"""The picture against the kernel: what `ip` and `nft` made is drawn, whoever made it."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest

from nsnet import demos
from nsnet.diagnose.graph.build import build
from nsnet.diagnose.graph.known import Known
from nsnet.diagnose.graph.model import Graph, Lan, Plug
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from nsnet.show.graph.svg import svg
from nsnet.show.graph.text import text
from tests.support import run, status

pytestmark = pytest.mark.usefixtures("host")


def nsnet(*words: str) -> str:
    return run(sys.executable, "-m", "nsnet", *words)


def shell(script: str) -> None:
    subprocess.run(["sh", "-ec", script], check=True)


def seen() -> Graph:
    with Stack() as stack:
        return build(Survey(stack), Known())


def plug(graph: Graph, card: str, name: str) -> Plug:
    found = graph.card(card)
    one = found.plug(name) if found else None
    assert one
    return one


def plain(drawn: str) -> str:
    """Without colours, and without the namespace that the tests themselves came from."""
    return click.unstyle(drawn).replace("\nleft out: 1 unnamed namespace has nothing but lo\n", "")


BRIDGE_DEMO = """\
host  ip_forward on
└─ nsnet0  172.17.0.1/16  bridge of network bridge  masquerade
   ├─ alpine1  eth0  172.17.0.2/16  via 172.17.0.1
   ├─ alpine2  eth0  172.17.0.3/16  via 172.17.0.1
   └─ web      eth0  172.17.0.4/16  via 172.17.0.1
                     0.0.0.0:8080, [::]:8080 → 80/tcp
"""


def test_bridge_demo(tmp_path: Path) -> None:
    assert "bridge-demo" in demos.names()
    nsnet("up", "-q", "bridge-demo")
    try:
        assert plain(nsnet("graph")) == BRIDGE_DEMO
        for name in ("a.svg", "b.svg", "c.dot", "d.mmd", "e.json"):
            nsnet("graph", "-o", str(tmp_path / name))
        assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
        picture = ElementTree.parse(tmp_path / "a.svg").getroot()
        texts = {list(t.itertext())[-1] for t in picture.iter("{http://www.w3.org/2000/svg}text")}
        wanted = {"host", "nsnet0", "172.17.0.1/16", "veth-web", "web", "172.17.0.4/16"}
        assert wanted <= texts
        assert "flowchart" in (tmp_path / "d.mmd").read_text()
        _is_what_ip_says(json.loads((tmp_path / "e.json").read_text()))
        assert "alpine2" not in nsnet("graph", "alpine1")
        assert nsnet("graph", "--only", "bridge") == BRIDGE_DEMO
        assert status(sys.executable, "-m", "nsnet", "graph", "nobody") == 5
        assert status(sys.executable, "-m", "nsnet", "graph", "-o", "x.png") == 2
    finally:
        nsnet("down", "-q", "bridge-demo")


def _is_what_ip_says(picture: dict[str, Any]) -> None:
    """Each address and MAC of the JSON is in its namespace, and the other way round."""
    for space in picture["spaces"]:
        at = ("-n", space["key"]) if space["key"] else ()
        links = json.loads(run("ip", "-j", *at, "address"))
        there = {
            link["ifname"]: (
                link["address"],
                {
                    f"{a['local']}/{a['prefixlen']}"
                    for a in link["addr_info"]
                    if a["scope"] == "global"
                },
            )
            for link in links
            if link["ifname"] != "lo"
        }
        drawn = {i["name"]: (i["mac"], set(i["addresses"])) for i in space["interfaces"]}
        assert drawn == there


BY_HAND = (
    "ip netns add red && ip -n red link set lo up",
    "ip netns add blue && ip -n blue link set lo up",
    "ip netns add far && ip -n far link set lo up",
    """ip link add br0 address 02:00:00:00:00:01 up type bridge
       ip address add 10.1.0.1/24 dev br0""",
)
CABLES = (
    """ip link add v-red address 02:00:00:00:00:02 up type veth
           peer name eth0 address 02:00:00:00:00:03 netns red
       ip link set v-red master br0 && ip -n red link set eth0 up
       ip -n red address add 10.1.0.2/24 dev eth0
       ip -n red route add default via 10.1.0.1""",
    """ip link add v-blue address 02:00:00:00:00:04 up type veth
           peer name eth0 address 02:00:00:00:00:05 netns blue
       ip link set v-blue master br0 && ip -n blue link set eth0 up
       ip -n blue address add 10.1.0.3/24 dev eth0""",
    """ip link add up0 netns far address 02:00:00:00:00:06 type veth
           peer name side0 address 02:00:00:00:00:07 netns blue
       ip -n far address add 10.2.0.1/24 dev up0""",
)


def by_hand(namespaces: tuple[str, ...], cables: tuple[str, ...]) -> None:
    """Namespaces and cables in some order of creation."""
    for each in (*namespaces, *cables):
        shell(each.replace("\n           peer", " peer"))


def clear() -> None:
    for name in ("red", "blue", "far"):
        run("ip", "netns", "delete", name)
    for link in ("v-red", "v-blue", "br0"):
        run("ip", "link", "delete", link, check=False)


@pytest.fixture
def hands(host: None) -> Any:
    by_hand(BY_HAND, CABLES)
    yield
    clear()
    run("nft", "flush", "ruleset")
    run("sysctl", "-qw", "net.ipv4.ip_forward=0")


FOREIGN = """\
host  ip_forward off
└─ br0  10.1.0.1/24  bridge
   ├─ blue  eth0  10.1.0.3/24  no default route
   └─ red   eth0  10.1.0.2/24  via 10.1.0.1

blue  namespace
├─ eth0  10.1.0.3/24  ── host v-blue
└─ side0  DOWN
   └─ far  up0  10.2.0.1/24  DOWN
"""


@pytest.mark.usefixtures("hands")
def test_namespaces_that_somebody_else_made() -> None:
    graph = seen()
    assert plain(text(graph)) == FOREIGN
    assert plug(graph, "red", "eth0").gateways == ("10.1.0.1",)
    assert plug(graph, "far", "up0").state == "down"


@pytest.mark.usefixtures("host")
def test_the_order_in_which_things_were_made_does_not_matter() -> None:
    pictures = set()
    for order in list(permutations(CABLES))[::2]:
        by_hand(tuple(sorted(BY_HAND, key=hash)), order)
        graph = seen()
        pictures.add((svg(graph), text(graph)))
        clear()
    assert len(pictures) == 1


@pytest.mark.usefixtures("hands")
def test_what_the_firewall_translates() -> None:
    shell("""
        sysctl -qw net.ipv4.ip_forward=1
        ip link set br0 up && ip route add default via 10.1.0.3 dev br0
        nft add table ip t
        nft 'add chain ip t in { type nat hook prerouting priority -100; }'
        nft 'add chain ip t out { type nat hook postrouting priority 100; }'
        nft add rule ip t in tcp dport 8080 dnat to 10.1.0.2:80
        nft add rule ip t in udp dport 53 dnat to 10.9.9.9
        nft add rule ip t out ip saddr 10.1.0.0/24 oifname eth7 masquerade
        nft add rule ip t out ip saddr 10.7.0.0/24 masquerade
    """)
    graph = seen()
    found = [(p.where, p.ip, p.target, p.to, p.lan) for p in graph.published]
    assert found == [
        ("0.0.0.0:53", "10.9.9.9", "53/udp", "10.9.9.9", ""),
        ("0.0.0.0:8080", "10.1.0.2", "80/tcp", "red", "/br0"),
    ]
    assert lan(graph, "/br0").masquerade == ("masquerade by eth7",)
    host = graph.card("")
    assert host
    assert "masquerade by br0 of 10.7.0.0/24" in host.marks
    drawn = text(graph)
    assert "0.0.0.0:8080 → 80/tcp" in drawn
    assert "0.0.0.0:53 → 10.9.9.9:53/udp" in drawn


def lan(graph: Graph, key: str) -> Lan:
    found = graph.lan(key)
    assert found
    return found


@pytest.mark.usefixtures("hands")
def test_a_parent_and_what_sits_on_it() -> None:
    shell("""
        ip link add link br0 name mac0 netns far type macvlan mode bridge
        ip -n far link set mac0 up
        ip link add up1 type veth peer name down1
        ip link add link up1 name mac1 netns red type macvlan mode private
        ip link add vx0 type vxlan id 42 dstport 4789 local 10.1.0.1 remote 10.1.0.2
        ip -n red link add vx0 type vxlan id 42 dstport 4789 local 10.1.0.2 remote 10.1.0.1
        bridge link set dev v-red isolated on
    """)
    graph = seen()
    run("ip", "link", "delete", "up1")
    run("ip", "link", "delete", "vx0")
    kinds = {(wire.kind, wire.ends, wire.lan) for wire in graph.wires}
    assert ("macvlan", (("", "br0"), ("far", "mac0")), "/br0") in kinds
    assert ("macvlan", (("", "up1"), ("red", "mac1")), "/up1") in kinds
    assert ("vxlan", (("", "vx0"), ("red", "vx0")), "vxlan 42") in kinds
    assert plug(graph, "red", "mac1").about == "mode private"
    assert plug(graph, "", "vx0").about == "id 42 to 10.1.0.2"
    assert plug(graph, "", "v-red").marks == ("isolated",)
    ElementTree.fromstring(svg(graph))


def test_a_namespace_that_only_a_process_holds() -> None:
    """It is drawn with its wires; one with nothing in it is only counted."""
    script = "ip link add a0 type veth peer name b0 && echo ready && read -r _"
    idle = "echo ready && read -r _"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    held = [
        subprocess.Popen(["unshare", "--net", "sh", "-c", each], **pipes)  # type: ignore[call-overload]
        for each in (script, idle)
    ]
    try:
        for process in held:
            assert process.stdout.readline() == "ready\n"
        graph = seen()
    finally:
        for process in held:
            process.communicate("\n")
    keys = [card.key for card in graph.cards]
    assert f"pid:{held[0].pid}" in keys
    assert f"pid:{held[1].pid}" not in keys
    assert any("unnamed" in note for note in graph.notes)


@pytest.mark.usefixtures("hands")
def test_without_the_right_to_look() -> None:
    without = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
    drawn = run(*without, sys.executable, "-m", "nsnet", "graph")
    assert "└─ br0  10.1.0.1/24  bridge" in drawn
    assert "only root can look inside:" in drawn
    assert "published ports and NAT are missing" in drawn


BESIDES = """
name: n
networks:
  inner: {internal: true, name: inner}
  quiet: {name: quiet, driver_opts: {com.docker.network.bridge.enable_icc: "false"}}
  raw: {name: raw, driver_opts: {com.docker.network.bridge.enable_ip_masquerade: "false"}}
services:
  web: {container_name: web, networks: [quiet], ports: ["8080:80"], command: sleep 60}
  side: {container_name: side, network_mode: "container:web"}
  alone: {container_name: alone, network_mode: none}
  open: {container_name: open, network_mode: host}
  in: {container_name: in, networks: [inner]}
  gone: {container_name: gone, networks: [raw]}
"""


def test_what_nsnet_knows_besides(tmp_path: Path) -> None:
    """Modes, stopped ones, shared namespaces, options of networks."""
    file = tmp_path / "compose.yaml"
    file.write_text(BESIDES)
    nsnet("-f", str(file), "up", "-q")
    nsnet("stop", "-t", "0", "gone")
    try:
        picture = json.loads(nsnet("graph", "--format", "json"))
        spaces = {each["key"]: each for each in picture["spaces"]}
        web = next(each for each in picture["spaces"] if "web" in each["names"])
        assert web["names"] == ["web", "side"]
        assert web["about"] == "sleep 60"
        assert spaces[""]["names"] == ["host", "open"]
        assert spaces["alone"]["mode"] == "none"
        assert "gone" not in spaces
        assert "stopped: gone" in picture["notes"]
        marks = {each["name"]: each["marks"] for each in picture["networks"]}
        assert marks["inner"] == ["internal"]
        assert marks["quiet"] == ["icc=off"]
        assert marks["raw"] == ["no masquerade"]
        ports = [(p["host_ip"], p["to"], p["how"]) for p in picture["published"]]
        assert ports == [("0.0.0.0", "web", "dnat"), ("::", "web", "relay")]
        run("ip", "address", "flush", "dev", "br-quiet")
        assert "rule is missing" not in nsnet("graph")
        run("nft", "flush", "map", "ip", "nsnet", "published")
        run("nft", "flush", "chain", "ip", "nsnet", "nat-from-quiet")
        assert "its masquerade rule is missing" in nsnet("graph")
        assert "no rule does it" in nsnet("graph")
    finally:
        nsnet("clean")
