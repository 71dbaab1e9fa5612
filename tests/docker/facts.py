"""What a recording tells beside reachability: addresses, routes, files and rules, in symbols.

Subnets and random ports differ from run to run, so an address is written as its network and its
number in there: ``shop+2``, ``shop/6+2``.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.docker.engine import Network, State, inside

#: The first lines of every /etc/hosts that Docker 20.10 writes.
PREAMBLE = (
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "ff00::0\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
)
#: Docker's automatic subnets, in the order in which it goes round.
_POOLS = [f"172.{n}.0.0/16" for n in range(18, 32)] + [
    f"192.168.{n}.0/20" for n in range(0, 256, 16)
]
_RANDOM_PORT = 32768


def symbol(state: State, address: str) -> str:
    """``shop+2``; an address in no network as it is."""
    if address in ("127.0.0.1", "::1"):
        return address
    try:
        number = int(ipaddress.ip_address(address))
    except ValueError:
        return address
    for name, network in state.networks.items():
        for subnet in network.subnets:
            if inside(address, subnet):
                first = int(ipaddress.ip_network(subnet, strict=False).network_address)
                return f"{name}{'/6' if ':' in subnet else ''}+{number - first}"
    return address


def network(one: Network, first_pool: str, typed: str) -> str:
    """A network's driver, subnets and gateways; an automatic subnet (not in what was `typed`)
    by its distance from `first_pool`, the first automatic one of the recording."""
    words = [one.driver]
    for subnet in one.subnets:
        known = subnet in _POOLS and first_pool in _POOLS and subnet not in typed
        steps = (_POOLS.index(subnet) - _POOLS.index(first_pool)) % len(_POOLS) if known else 0
        words.append(f"pool+{steps}" if known else subnet)
        base = int(ipaddress.ip_network(subnet, strict=False).network_address)
        gateways = [g for g in one.gateways if inside(g, subnet)]
        words += [f"gw+{int(ipaddress.ip_address(g)) - base}" for g in gateways]
    return " ".join(words)


def links(state: State, found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The interfaces of a container, from `ip -j address`: name, addresses, MTU if it is not
    1500, the MAC if it is not made of the address (02:42 and its four bytes)."""
    lines = []
    for link in found:
        shown = [i for i in link["addr_info"] if i["scope"] == "global"]
        if link["ifname"] == "lo" or not link["addr_info"] or "LOOPBACK" in link["flags"]:
            continue
        words = [link["ifname"]]
        words += [symbol(state, i["local"]) + _prefix(state, i) for i in shown]
        if link["mtu"] != 1500:
            words.append(f"mtu={link['mtu']}")
        v4 = next((i["local"] for i in shown if i["family"] == "inet"), "0.0.0.0")
        mac = "02:42:" + ipaddress.ip_address(v4).packed.hex(":")
        if link["address"] != mac:
            words.append(f"mac={link['address']}")
        lines.append(" ".join(words))
    return lines


def _prefix(state: State, info: Mapping[str, Any]) -> str:
    """The prefix length; not that of an automatic network, which is /16 or /20 as it comes."""
    subnets = [s for each in state.networks.values() for s in each.subnets]
    automatic = any(s in _POOLS and inside(info["local"], s) for s in subnets)
    return "" if automatic else f"/{info['prefixlen']}"


def default_route(state: State, found: Sequence[Mapping[str, Any]]) -> str:
    """The default route, from `ip -j route`; "" without one."""
    for route in found:
        if route["dst"] == "default":
            return f"default {symbol(state, route.get('gateway', '-'))} {route['dev']}"
    return ""


def hosts(state: State, text: str) -> list[str]:
    """The lines of a hosts file after the usual ones, ids and addresses as symbols."""
    ids = {c.id[:12]: f"id({name})" for name, c in state.containers.items()}
    lines = text.splitlines()
    known = lines[: len(PREAMBLE)] == list(PREAMBLE)
    result = [] if known else ["(not Docker's first lines)"]
    for line in lines[len(PREAMBLE) :] if known else lines:
        words = line.split()
        if words:
            named = [ids.get(word, word) for word in words[1:]]
            result.append(" ".join([symbol(state, words[0]), *named]))
    return result


def hostname(state: State, text: str) -> str:
    """A container's /etc/hostname (that of a ``container:`` one is its owner's)."""
    ids = {c.id[:12]: f"id({name})" for name, c in state.containers.items()}
    return ids.get(text.strip(), text.strip())


def rules(state: State, lines: Sequence[str]) -> dict[str, list[str]]:
    """The lines of `iptables-save` by table and chain, devices and addresses as symbols.

    Chains keep their order only where it has a meaning: in FORWARD among the rules of all
    networks, which the newest network heads, and of the final rules. In the others a rule that
    stands there twice says what it says once.
    """
    found: dict[str, list[str]] = {}
    table = ""
    devices = {n.device: f"br@{name}" for name, n in state.networks.items() if n.device}
    for line in lines:
        if line.startswith("*"):
            table = line[1:]
        words = line.split()
        if words and words[0] == "-A" and table in ("filter", "nat"):
            text = " ".join(_word(state, devices, word) for word in words[2:])
            found.setdefault(f"{table} {words[1]}", []).append(text)
    ordered = ("filter FORWARD", "filter DOCKER-USER")
    return {
        chain: each if chain in ordered else sorted(set(each))
        for chain, each in sorted(found.items())
    }


def _word(state: State, devices: Mapping[str, str], word: str) -> str:
    if word in devices:
        return devices[word]
    if word.isdecimal() and int(word) >= _RANDOM_PORT:
        return "random"
    for name, each in state.networks.items():
        if word in each.subnets:
            return name
    return re.sub(r"^(\d+\.\d+\.\d+\.\d+)", lambda found: symbol(state, found[1]), word)


def first_pool(state: State, typed: str) -> str:
    """The subnet of the first network that was made without telling one."""
    made = [line.split()[-1] for line in typed.splitlines() if line.startswith("network create")]
    for name in made:
        for subnet in state.networks[name].subnets if name in state.networks else ():
            if subnet in _POOLS and subnet not in typed:
                return subnet
    return ""


def read(state: State, name: str) -> dict[str, Any]:
    """The facts of one running container."""
    place = state.containers[name].place
    found = json.loads(place.run("ip", "-j", "address") or "[]")
    routes = json.loads(place.run("ip", "-j", "route") or "[]")
    files = {x: place.read(f"/etc/{x}") for x in ("resolv.conf", "hosts", "hostname")}
    return container(state, name, found, routes, files)


def container(
    state: State,
    name: str,
    addresses: Sequence[Mapping[str, Any]],
    routes: Sequence[Mapping[str, Any]],
    files: Mapping[str, str],
) -> dict[str, Any]:
    """The facts of one container from what `ip` and the files say. Of one in the host's network
    there is nothing to tell but its name server: the rest is the host's."""
    if state.containers[name].mode == "host":
        return {"resolv": files["resolv.conf"].strip()}
    route = default_route(state, routes)
    return {
        "links": [*links(state, addresses), *([route] if route else [])],
        "hosts": hosts(state, files["hosts"]),
        "hostname": hostname(state, files["hostname"]),
        "resolv": files["resolv.conf"].strip(),
    }
