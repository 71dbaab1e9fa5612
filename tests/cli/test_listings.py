"""ps, ls, port, demos: tables to the letter, JSON by its keys."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from typing import Any

import pytest

from tests.cli.terminal import COMMAND, down, nsnet, on_terminal, up

PS = [
    "CONTAINER ID ADDRESS COMMAND CREATED STATUS PORTS NAMES",
    "228bf5003a96 172.17.0.2 (bridge) AGO no process alpine1",
    "801c03ba9a2e 172.17.0.3 (bridge) AGO no process alpine2",
    "5c2ed47b0bda 172.17.0.4 (bridge) (stub listener) AGO Up SPAN "
    "0.0.0.0:8080->80/tcp, :::8080->80/tcp web",
]
LS = """\
TOPOLOGY     STATUS  CONTAINERS  NETWORKS  SOURCE
bridge-demo  up      3           1         demo bridge-demo
"""


_SPAN = r"(?:Less than a|About a|[0-9]+) (?:second|minute)s?"


def ps(*words: str) -> list[str]:
    """The lines of ``ps``; blanks are one, spans of time are words."""
    out = nsnet("ps", *words).out
    out = re.sub(f"Up {_SPAN}", "Up SPAN", re.sub(f"{_SPAN} ago", "AGO", out))
    return [" ".join(line.split()) for line in out.splitlines()]


def listed(*words: str) -> Any:
    done = nsnet(*words, "--format", "json")
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.mark.usefixtures("host")
def test_what_is_up() -> None:
    up("bridge-demo")
    assert ps() == ps("bridge-demo") == PS
    assert nsnet("ls").out == LS
    assert nsnet("-q", "ps").out.split() == [line.split()[0] for line in PS[1:]]
    assert nsnet("ls", "-q").out == "bridge-demo\n"
    assert nsnet("port", "web").out == "80/tcp -> 0.0.0.0:8080\n80/tcp -> :::8080\n"
    assert nsnet("port", "web", "80").out == nsnet("port", "web", "80/tcp").out
    assert nsnet("port", "web", "80").out == "0.0.0.0:8080\n:::8080\n"
    down()


@pytest.mark.usefixtures("host")
def test_json() -> None:
    assert listed("ps") == listed("ls") == []
    up("bridge-demo")
    (web,) = [each for each in listed("ps") if each["name"] == "web"]
    assert web.pop("pid") > 0
    assert web.pop("id").startswith("5c2ed47b0bda")
    assert web.pop("status").startswith("Up ")
    assert web == {
        "name": "web",
        "topology": "bridge-demo",
        "service": "web",
        "mode": "bridge",
        "state": "running",
        "command": [],
        "endpoints": [
            {
                "network": "bridge",
                "interface": "eth0",
                "host_interface": "veth-web",
                "ipv4": "172.17.0.4",
                "ipv6": "",
                "mac": "02:42:ac:11:00:04",
            }
        ],
        "ports": [
            {"host_ip": "0.0.0.0", "host_port": 8080, "container_port": 80, "protocol": "tcp"},
            {"host_ip": "::", "host_port": 8080, "container_port": 80, "protocol": "tcp"},
        ],
    }
    (topology,) = listed("ls")
    assert topology.pop("source").endswith("bridge-demo.yaml")
    assert topology == {
        "name": "bridge-demo",
        "status": "up",
        "containers": ["alpine1", "alpine2", "web"],
        "networks": ["bridge"],
    }
    assert listed("port", "web") == web["ports"]
    down()


@pytest.mark.usefixtures("host")
def test_states_of_a_command() -> None:
    up("bridge-demo")
    (web,) = [each for each in listed("ps") if each["name"] == "web"]
    os.kill(web["pid"], signal.SIGKILL)
    limit = time.monotonic() + 5
    while "Exited (137)" not in nsnet("ps", "-a").out and time.monotonic() < limit:
        time.sleep(0.05)
    assert ps() == PS[:3]
    (web,) = [line for line in ps("-a") if line.endswith("web")]
    assert "Exited (137) AGO" in web
    down()


@pytest.mark.usefixtures("host")
def test_damage_shows() -> None:
    up("bridge-demo")
    os.system("ip link delete veth-alpine1")
    assert nsnet("ls").out.splitlines()[1].split()[1] == "damaged"
    up("bridge-demo")
    assert nsnet("ls").out == LS
    assert nsnet("stop", "alpine1").code == 0
    assert nsnet("ls").out == LS, "stopped is not damaged"
    down()


@pytest.mark.usefixtures("host")
def test_macvlan_leaves_nothing_on_the_host_that_could_be_missing() -> None:
    os.system("ip link add p0 type veth peer name p1 && ip link set p0 up")
    subnet = ("--subnet", "10.8.0.0/24")
    assert nsnet("network", "create", "-d", "macvlan", *subnet, "-o", "parent=p0", "lan").code == 0
    assert nsnet("run", "-d", "--name", "box", "--network", "lan", "--").code == 0
    assert nsnet("ls").out.splitlines()[1].split()[:2] == ["by-hand", "up"]
    down()
    os.system("ip link delete p0")


@pytest.mark.usefixtures("host")
def test_modes_without_a_network() -> None:
    up("host-demo")
    up("none-demo")
    lines = nsnet("ps").out.splitlines()
    assert "(no network, only its loopback)" in lines[1]  # the newest first
    assert "(the host's own network stack)" in lines[2]
    down()


def test_demos() -> None:
    found = listed("demos")
    assert [each["name"] for each in found] == nsnet("demos", "-q").out.split()
    assert {"bridge-demo", "voting-app"} <= {each["name"] for each in found}
    assert all(each["title"] and os.path.exists(each["file"]) for each in found)


@pytest.mark.usefixtures("host")
def test_colours_only_on_a_terminal_that_wants_them() -> None:
    line = " ".join((*COMMAND, "ps"))
    assert "\033[" in on_terminal(line).out
    assert "\033[" not in on_terminal(line, NO_COLOR="1").out
    assert "\033[" not in nsnet("ps").out
