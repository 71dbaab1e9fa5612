"""One command line and what it says about itself: Docker's, or nsnet's, which has the same."""

from __future__ import annotations

import ipaddress
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.docker.places import HOST, HOST6, OUTSIDE, OUTSIDE6, UPSTREAM, Place

_ROOT = Path(__file__).parents[2]
IDLE = "alpine tail -f /dev/null"
_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Network:
    """One network of `docker network inspect`."""

    name: str
    id: str
    driver: str
    subnets: tuple[str, ...]
    gateways: tuple[str, ...]
    device: str


@dataclass(frozen=True, slots=True)
class Container:
    """One container of `docker inspect`."""

    name: str
    id: str
    status: str
    pid: int
    mode: str
    #: network -> (IPv4, IPv6), each "" if there is none
    addresses: Mapping[str, tuple[str, str]]
    #: (port/protocol, host address, host port), in Docker's order
    ports: tuple[tuple[str, str, int], ...]

    @property
    def running(self) -> bool:
        """Has it processes? (A paused one has.)"""
        return self.pid > 0

    @property
    def place(self) -> Place:
        """Where its processes are."""
        return Place(self.name, f"/proc/{self.pid}/ns/net", f"/proc/{self.pid}/root")


@dataclass(frozen=True, slots=True)
class State:
    """Everything at one moment, and the names of the addresses."""

    networks: Mapping[str, Network]
    containers: Mapping[str, Container]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def running(self) -> dict[str, Container]:
        """The containers that have a network stack."""
        return {name: each for name, each in self.containers.items() if each.running}

    def label(self, address: str) -> str:
        """``web@shop``, ``gw@shop``, ``host``, ``ext``; an address that is nobody's as it is."""
        return self.labels.get(address, address)


@dataclass(frozen=True, slots=True)
class Engine:
    """A command line, run beside a host."""

    words: tuple[str, ...]
    host: Place
    env: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str) -> Done:
        """Run one command."""
        done = subprocess.run(
            [*self.words, *words],
            capture_output=True,
            text=True,
            env={**os.environ, **self.env},
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def type(self, line: str) -> Done:
        """Run a line of a recording: `run` and `create` get a command that stays."""
        words = shlex.split(line)
        if words[0] == "run":
            words = ["run", "-d", *words[1:], *IDLE.split()]
        elif words[0] == "create":
            words += IDLE.split()
        return self.run(*words)

    def shell(self, line: str) -> Done:
        """Run a shell line in which the engine is called ``docker``."""
        call = shlex.join(self.words)
        text = f'docker() {{ {call} "$@"; }}\n{line}'
        done = subprocess.run(
            ["nsenter", f"--net={self.host.namespace}", "sh", "-c", text],
            capture_output=True,
            text=True,
            env={**os.environ, **self.env},
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout.strip(), done.stderr.strip())

    def state(self, names: Sequence[str]) -> State:
        """All networks, and those of these containers that exist."""
        ids = self.run("network", "ls", "-q", "--no-trunc").out.split()
        devices = json.loads(self.host.run("ip", "-j", "address") or "[]")
        read = [_network(each, devices) for each in self._json("network", "inspect", *ids)]
        networks = {network.name: network for network in read}
        found = [_container(each) for each in self._json("inspect", *names)] if names else []
        by_name = {each.name: each for each in found}
        containers = {name: by_name[name] for name in names if name in by_name}
        return State(networks, containers, _labels(networks, containers))

    def _json(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run(*words).out or "[]")
        return found


def nsnet(host: Place) -> Engine:
    """This project's command line, without what would change its mind."""
    env = {"PYTHONPATH": str(_ROOT), "COLUMNS": "80", "NSNET_SANDBOX": ""}
    return Engine((sys.executable, "-m", "nsnet"), host, env)


def docker(host: Place) -> Engine:
    """Docker's, at DOCKER_HOST."""
    return Engine(("docker",), host)


def inside(address: str, subnet: str) -> bool:
    """Is the address one of the subnet (which may have host bits set)?"""
    net: _IPNetwork = ipaddress.ip_network(subnet, strict=False)
    one: _IPAddress = ipaddress.ip_address(address)
    return one.version == net.version and one in net


def _network(found: Mapping[str, Any], devices: Sequence[Mapping[str, Any]]) -> Network:
    config = (found.get("IPAM") or {}).get("Config") or []
    subnets = tuple(each["Subnet"] for each in config if each.get("Subnet"))
    gateways = [each["Gateway"].split("/")[0] for each in config if each.get("Gateway")]
    bridge = found["Driver"] == "bridge"
    device = ""
    for each in devices if bridge else ():
        for info in each["addr_info"]:
            # Docker 20.10 does not tell the gateway of a network made with --subnet alone.
            if info["scope"] == "global" and any(inside(info["local"], s) for s in subnets):
                device = each["ifname"] if not device or info["local"] in gateways else device
                if not any(_same_subnet(g, info["local"], subnets) for g in gateways):
                    gateways.append(info["local"])
    ordered = [g for s in subnets for g in gateways if inside(g, s)]
    return Network(found["Name"], found["Id"], found["Driver"], subnets, tuple(ordered), device)


def _same_subnet(one: str, other: str, subnets: Sequence[str]) -> bool:
    return any(inside(one, subnet) and inside(other, subnet) for subnet in subnets)


def _container(found: Mapping[str, Any]) -> Container:
    settings = found.get("NetworkSettings") or {}
    addresses = {
        name: (each.get("IPAddress") or "", each.get("GlobalIPv6Address") or "")
        for name, each in (settings.get("Networks") or {}).items()
    }
    ports = tuple(
        (spec, bound["HostIp"], int(bound["HostPort"]))
        for spec, bindings in (settings.get("Ports") or {}).items()
        for bound in bindings or ()
    )
    status = found["State"]["Status"]
    pid = found["State"]["Pid"] if status in ("running", "paused") else 0
    mode = found["HostConfig"]["NetworkMode"]
    return Container(found["Name"][1:], found["Id"], status, pid, mode, addresses, ports)


def _labels(networks: Mapping[str, Network], containers: Mapping[str, Container]) -> dict[str, str]:
    labels = {
        HOST: "host",
        HOST6: "host6",
        OUTSIDE: "ext",
        OUTSIDE6: "ext6",
        "127.0.0.1": "lo",
        "::1": "lo6",
        UPSTREAM: "upstream",
    }
    for name, network in networks.items():
        for gateway in network.gateways:
            labels.setdefault(gateway, f"gw@{name}{'/6' if ':' in gateway else ''}")
    for name, container in containers.items():
        for net, (v4, v6) in container.addresses.items():
            if container.running and v4:
                labels[v4] = f"{name}@{net}"
            if container.running and v6:
                labels[v6] = f"{name}@{net}/6"
    return labels
