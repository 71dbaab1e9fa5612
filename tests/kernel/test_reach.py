"""Who reaches whom, beside what `ping` and `curl` find out."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nsnet.cli.reach import reach
from nsnet.cli.settings import Settings
from nsnet.diagnose.reach import NothingToAsk
from nsnet.engine.engine import Engine
from nsnet.kernel.errors import NotFound
from nsnet.topology.compose import load
from tests.support import run, status

COMPOSE = """
name: shop
services:
  web: {image: nginx, ports: ["8080:80"], networks: [front, back]}
  db: {image: nginx, networks: [back], expose: ["53/udp"]}
  x: {image: nginx, networks: [quiet], ports: ["127.0.0.1:8081:80"]}
  y: {image: nginx, networks: [quiet], ports: ["8082:80"]}
  inner: {image: nginx, networks: [inner]}
  side: {image: busybox, network_mode: "service:web"}
  none: {image: nginx, network_mode: none}
networks:
  front: {}
  back: {enable_ipv6: true, ipam: {config: [{subnet: 10.60.1.0/24}, {subnet: "fd60::/64"}]}}
  quiet: {driver_opts: {com.docker.network.bridge.enable_icc: "false"}}
  inner: {internal: true}
"""

_MACHINE = """
    ip netns add out && ip -n out link set lo up
    ip link add ext0 type veth peer name eth0 netns out
    ip address add 203.0.113.1/24 dev ext0 && ip -n out address add 203.0.113.2/24 dev eth0
    ip link set ext0 up && ip -n out link set eth0 up
    ip route add default via 203.0.113.2
"""
_GATEWAY = "203.0.113.1"

Cell = dict[str, Any]


@pytest.fixture
def shop(host: None, tmp_path: Path) -> Iterator[None]:
    engine = Engine()
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    try:
        subprocess.run(["sh", "-ec", _MACHINE], check=True)
        engine.up(load([tmp_path / "compose.yaml"]))
        yield
    finally:
        engine.down("shop")
        run("ip", "link", "delete", "ext0", check=False)
        run("ip", "netns", "delete", "out", check=False)


def output(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert reach.main(list(words), standalone_mode=False, obj=Settings()) == 0
    return capsys.readouterr().out


def cells(capsys: pytest.CaptureFixture[str], *words: str) -> list[Cell]:
    told: dict[str, Any] = json.loads(output(capsys, *words, "--format", "json"))
    assert told["asked"] == len(told["cells"])
    found: list[Cell] = told["cells"]
    return found


def picked(found: list[Cell], what: str, *shown: str) -> dict[str, set[str]]:
    """``sender>target`` with what it came to, of some questions."""
    codes: dict[str, set[str]] = {}
    for each in found:
        if each["what"] == what:
            words = [each["from"], each["to"], *(str(each[key]) for key in shown)]
            codes.setdefault(
                ">".join(w.removeprefix("shop-").removesuffix("-1") for w in words), set()
            ).add(each["code"])
    return codes


@pytest.mark.usefixtures("shop")
def test_it_finds_what_ping_and_curl_find(capsys: pytest.CaptureFixture[str]) -> None:
    found = cells(capsys, "--ping", "--ports", "--timeout", "0.7")
    asked = [each for each in found if each["address"] and each["protocol"] != "udp"]
    assert len(asked) > 80
    with ThreadPoolExecutor(16) as pool:
        theirs = list(pool.map(_outside_tool, asked))
    wrong = [
        each
        for each, good in zip(asked, theirs, strict=True)
        if (each["code"] == "answered") != good
    ]
    assert not wrong
    assert {each["code"] for each in asked} >= {"answered", "timeout", "no-route"}


def _outside_tool(each: Cell) -> bool:
    inside = () if each["from"] == "host" else ("ip", "netns", "exec", each["from"])
    ip = each["address"]
    if each["what"] == "ping":
        return status(*inside, "ping", "-c1", "-W0.7", ip) == 0
    url = f"http://[{ip}]" if ":" in ip else f"http://{ip}"
    return status(*inside, "curl", "-gs", "-m0.7", f"{url}:{each['port']}") == 0


@pytest.mark.usefixtures("shop")
def test_who_is_asked_at_which_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    found = cells(capsys, "--timeout", "0.6")
    at = {(e["from"], e["to"]): set() for e in found}  # type: ignore[var-annotated]
    for each in found:
        if each["what"] == "ping":
            at[each["from"], each["to"]].add(each["address"])
    back = {each for each in at["shop-db-1", "shop-web-1"] if "." in each}
    assert len(at["shop-db-1", "shop-web-1"]) == 2, "both families, on their common network only"
    assert all(each.startswith("10.60.1.") for each in back)
    assert len([ip for ip in at["out", "shop-web-1"] if ":" not in ip]) == 2, "every IPv4 one"
    assert at["out", "shop-none-1"] == {""}
    ping, names = picked(found, "ping"), picked(found, "name")
    assert ping["y>x"] == ping["inner>web"] == {"timeout"}
    assert ping["x>out"] == ping["y>host"] == ping["inner>host"] == {"answered"}
    assert ping["none>host"] == {"no-route"}
    assert ping["x>none"] == {"no-address"}
    assert names["db>web"] == {"answered"}
    assert names["none>web"] == {"no-resolver"}
    assert "answered" not in names["db>x"]
    ports = picked(found, "port", "port", "protocol")
    assert ports["web>db>53>udp"] == {"answered"}
    assert ports["y>x>80>tcp"] == {"timeout"}
    published = picked(found, "published", "port")
    assert published["out>web>8080"] == published["web>web>8080"] == {"answered"}
    assert published["host>x>8081"] == {"answered"}
    assert published["x>y>8082"] == published["out>y>8082"] == {"answered"}
    assert "out>x>8081" not in published
    assert not [key for key in ports if ">host>808" in key], "they are the containers'"


@pytest.mark.usefixtures("shop")
def test_a_choice_of_places(capsys: pytest.CaptureFixture[str]) -> None:
    found = cells(
        capsys, "--ports", "--from", "db", "--from", "out", "--to", "side", "--timeout", "0.3"
    )
    assert {(each["from"], each["to"]) for each in found} == {
        ("shop-db-1", "shop-web-1"),
        ("out", "shop-web-1"),
    }
    assert {each["what"] for each in found} == {"port", "published"}
    text = output(capsys, "--ping", "web", "db")
    rows = [line.split() for line in text.splitlines()]
    assert rows[0] == ["Ping", "web", "db"]
    assert ["web", "·", "✓"] in rows
    assert "shop-side-1 shares the network stack of web" in text
    with pytest.raises(NotFound, match="nobody"):
        output(capsys, "nobody")
    with pytest.raises(NothingToAsk) as refused:
        output(capsys, "host")
    assert refused.value.exit_code == 3


@pytest.mark.usefixtures("host")
def test_networks_made_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    script = """
        for n in 2 3; do
            ip netns add n$n && ip -n n$n link set lo up
            ip link add v$n type veth peer name eth0 netns n$n
            ip -n n$n address add 10.5.0.$n/24 dev eth0
            ip link set v$n up && ip -n n$n link set eth0 up
        done
        ip link add br0 type bridge && ip link set br0 up
        ip link set v2 master br0 && ip link set v3 master br0
    """
    server = None
    try:
        subprocess.run(["sh", "-ec", script], check=True)
        server = subprocess.Popen(
            ["ip", "netns", "exec", "n3", "python3", "-c", _SERVER], stdout=subprocess.PIPE
        )
        assert server.stdout
        server.stdout.readline()
        found = cells(capsys, "--timeout", "0.5")
        assert picked(found, "ping") == {
            "host>n2": {"no-route"},
            "host>n3": {"no-route"},
            "n2>host": {"no-address"},
            "n3>host": {"no-address"},
            "n2>n3": {"answered"},
            "n3>n2": {"answered"},
        }
        ports = picked(found, "port", "port")
        assert ports == {"host>n3>7000": {"no-route"}, "n2>n3>7000": {"answered"}}
    finally:
        if server:
            server.kill()
            server.communicate()
        for name in ("n2", "n3"):
            run("ip", "netns", "delete", name, check=False)
        for name in ("v2", "v3", "br0"):
            run("ip", "link", "delete", name, check=False)


_SERVER = """
import socket, time
servers = [socket.create_server(("", 7000)), socket.create_server(("127.0.0.1", 7001))]
print(flush=True)
time.sleep(9)
"""


@pytest.mark.usefixtures("shop")
def test_silence_is_waited_for_once(capsys: pytest.CaptureFixture[str]) -> None:
    before = time.monotonic()
    found = cells(capsys, "--timeout", "0.5")
    assert len([each for each in found if each["code"] == "timeout"]) > 30
    assert time.monotonic() - before < 1.5
