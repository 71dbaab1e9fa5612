"""The options of the macvlan and ipvlan drivers, and what follows from them.

Sources: Docker's pages on the macvlan and ipvlan network drivers; Linux
``Documentation/networking/ipvlan.rst``; what a Docker 20.10 daemon refuses, measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from .identity import network_id, short
from .layout import Endpoint, Segment, Shim, Span
from .model import Container, Network, TopologyError
from .naming import device_problem, digest
from .taken import Taken

#: Their modes; the first is the default.
MODES = {
    "macvlan": ("bridge", "private", "vepa", "passthru"),
    "ipvlan": ("l2", "l3", "l3s"),
}
#: How ipvlan interfaces of one parent reach each other (``ipvlan_flag``).
FLAGS = ("bridge", "private", "vepa")

#: The option that gives the host an address among the containers.
SHIM = "nsnet.host_shim"

_VLAN = r"(?P<base>.+)\.(?P<id>[0-9]+)"
_VLAN_IDS = range(1, 4095)


def is_lan(driver: str) -> bool:
    """Does the driver put containers on the wire of one of the host's interfaces?"""
    return driver in MODES


def mode(net: Network | Segment) -> str:
    """The mode of a network of these drivers."""
    return dict(net.options).get(f"{net.driver}_mode") or MODES[net.driver][0]


def flag(net: Network | Segment) -> str:
    """The flag of an ipvlan network; "" for the driver that has none."""
    return "" if net.driver == "macvlan" else dict(net.options).get("ipvlan_flag") or FLAGS[0]


def needs_dummy(net: Network | Segment) -> bool:
    """Without a parent, a dummy interface is made as one: a wire that leads nowhere."""
    return not dict(net.options).get("parent")


def vlan_of(device: str) -> tuple[str, int] | None:
    """``eth0.50`` as its interface and its VLAN's number (IEEE 802.1Q: 1 to 4094)."""
    found = re.fullmatch(_VLAN, device)
    if found is None or int(found["id"]) not in _VLAN_IDS:
        return None
    return found["base"], int(found["id"])


def parent(topology: str, network: Network, segments: Iterable[Segment]) -> str:
    """The parent interface of a network, checked against the other networks' `segments`.

    Raises `TopologyError`.
    """
    check(network)
    if needs_dummy(network):
        return f"dm-{short(network_id(topology, network))}"
    device = network.option("parent")
    user = next((s.name for s in segments if is_lan(s.driver) and s.device == device), "")
    if user:
        raise TopologyError(
            f"network {network.name}: network {user} is already using parent interface {device}: "
            f"take another one, or a VLAN of it (parent={device}.10)"
        )
    return device


def check(network: Network) -> None:
    """Raises `TopologyError` for options that cannot be."""
    driver, problems = network.driver, []
    problems += _choice(network, f"{driver}_mode", MODES[driver])
    if driver == "ipvlan":
        problems += _choice(network, "ipvlan_flag", FLAGS)
    device = network.option("parent")
    if device:
        problems += _parent_problems(network.name, driver, device)
    if problems:
        raise TopologyError(*problems)


def _choice(network: Network, option: str, known: Sequence[str]) -> list[str]:
    value = network.option(option) or known[0]
    if value in known:
        return []
    words = ", ".join(known)
    return [f"network {network.name}: {option} {value!r}: one of {words} (default: {known[0]})"]


def _parent_problems(name: str, driver: str, device: str) -> list[str]:
    what = f"network {name}: parent {device!r}"
    problem = device_problem(device)
    if problem:
        return [f"{what}: {problem}"]
    if device == "lo":
        return [
            f"{what}: the loopback interface has no wire to put containers on: name another of "
            f"the host's interfaces, or none: then {driver} containers reach only each other"
        ]
    found = re.fullmatch(_VLAN, device)
    if found and not vlan_of(device):
        return [f"{what}: VLAN {found['id']}: not between 1 and 4094"]
    return []


def shim(
    network: Network,
    spans: tuple[Span | None, Span | None],
    taken: Taken,
    index: int,
) -> Shim | None:
    """The host's own interface among the containers, as option `SHIM` asks for it: one
    address, or one of each family with a comma between. Raises `TopologyError`."""
    text = network.option(SHIM)
    if not text:
        return None
    if mode(network) in ("private", "vepa", "passthru") or flag(network) in ("private", "vepa"):
        word = next(w for w in (mode(network), flag(network)) if w in (*FLAGS[1:], "passthru"))
        raise TopologyError(
            f"network {network.name}: {SHIM} does not work in mode {word}, where neighbours on "
            "one parent do not hear each other: leave it out, or take the default mode"
        )
    found: dict[int, str] = {}
    for word in text.split(","):
        address = _shim_address(network, word.strip(), spans, taken)
        found[6 if ":" in address else 4] = address
    name = f"shim-{network.name}"
    device = name if not device_problem(name) else f"shim-{digest(network.name, 10)}"
    return Shim(device, index, found.get(4, ""), found.get(6, ""))


def _shim_address(
    network: Network, word: str, spans: tuple[Span | None, Span | None], taken: Taken
) -> str:
    what = f"network {network.name}: {SHIM} {word!r}"
    try:
        address = ip_address(word)
    except ValueError:
        raise TopologyError(
            f"{what}: not an address (give a free one of the network's subnet)"
        ) from None
    span = spans[address.version == 6]
    if span is None:
        raise TopologyError(f"{what}: the network has no IPv{address.version} subnet")
    subnet = ip_network(span.subnet, strict=False)
    ends = (subnet[0], subnet[-1]) if address.version == 4 else (subnet[0],)
    if address not in subnet or address in ends or str(address) == span.gateway:
        raise TopologyError(
            f"{what}: not a free address of the subnet {subnet} (its gateway is {span.gateway})"
        )
    device = next((d for cidr, d in taken.own if cidr.partition("/")[0] == str(address)), "")
    if device:
        raise TopologyError(
            f"{what}: the host has that address already, on {device}: choose another, which only "
            "the containers will use"
        )
    return str(address)


def reserved(network: Network, version: int) -> tuple[tuple[str, str], ...]:
    """What `SHIM` keeps from the containers, as auxiliary addresses of the network."""
    words = network.option(SHIM).split(",") if is_lan(network.driver) else []
    kept = (word.strip() for word in words if word.strip())
    return tuple((SHIM, word) for word in kept if (":" in word) == (version == 6))


def mac(wish: str, chosen: str, container: str, segment: Segment) -> str:
    """The MAC address of an endpoint: `wish`, or what was `chosen`. Those of ipvlan have their
    parent's; asked for another, `TopologyError` is raised."""
    if segment.driver != "ipvlan":
        return wish or chosen
    if wish:
        raise TopologyError(
            f"{container}: network {segment.name}: ipvlan interfaces do not support custom mac "
            f"address assignment, they all have their parent's: leave {wish} out, or use macvlan"
        )
    return ""


def crowded(
    segments: Iterable[Segment], endpoints: Iterable[Endpoint], taken: Taken
) -> Iterable[str]:
    """What is too much for a network in mode passthru: it lends its parent to one container."""
    plugs = [*endpoints, *(e for other in taken.others for e in other.endpoints)]
    for segment in segments:
        if not is_lan(segment.driver) or mode(segment) != "passthru":
            continue
        users = list(dict.fromkeys(e.container for e in plugs if e.network == segment.name))
        for extra in users[1:]:
            yield (
                f"{extra}: network {segment.name} is in macvlan_mode passthru, which hands "
                f"{segment.device} over to a single container, and {users[0]} has it: use mode "
                "bridge, or a parent of its own"
            )


def notes(name: str, segments: Iterable[Segment]) -> list[str]:
    """Remarks on the networks that topology `name` made."""
    return [text for segment in segments if segment.owner == name for text in remarks(segment)]


def remarks(segment: Segment | None) -> list[str]:
    """Remarks on one network."""
    if segment is None or not is_lan(segment.driver):
        return []
    return _unknown(segment) + ([] if segment.shim else _apart(segment))


def _apart(net: Segment) -> list[str]:
    cure = f"give it an address there with the option {SHIM}=ADDRESS"
    if mode(net) in ("private", "vepa", "passthru") or flag(net) in ("private", "vepa"):
        cure = "this mode keeps them apart on purpose"
    return [
        f"network {net.name}: this host and the containers of {net.driver} networks cannot reach "
        f"each other (the kernel keeps {net.device} apart from what sits on it): {cure}"
    ]


def _unknown(net: Segment) -> list[str]:
    """Other programs call it so; Docker takes any option that it does not know, silently."""
    if "mode" not in dict(net.options):
        return []
    return [
        f"network {net.name}: option mode is not one of Docker's and has no effect: "
        f"it is called {net.driver}_mode"
    ]


def unpublished(container: Container, net: Segment | None) -> list[str]:
    """Why the ports of a container whose way out is `net` are not published."""
    if net is None or not is_lan(net.driver) or not container.ports:
        return []
    ports = ", ".join(str(port) for port in container.ports)
    return [
        f"{container.name}: port {ports} is not published: on {net.driver} network {net.name} no "
        "host stands in between, every port of the container answers at its own address"
    ]
