"""Faults of addresses, routes and the kernel's settings for them."""

from __future__ import annotations

from ipaddress import IPv4Address

from ..kernel import sysctl
from ..plan.steps.fault.address import (
    GiveAddress,
    GiveRoute,
    TakeAddress,
    TakeRoute,
    TellNeighbour,
)
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.device import SecondBridge
from ..plan.steps.fault.link import Switch
from ..plan.steps.fault.setting import Setting
from .errors import Unfit
from .kind import CONTAINER, NETWORK, Kind
from .scene import Box, Net, Scene, Wire
from .wires import bridged, main

_FORWARD = "net.ipv4.ip_forward"
#: A network with a longer prefix is not halved.
_SMALL = 28


def _addressed(box: Box) -> tuple[Wire, str]:
    """Its main wire and the address there, as CIDR. Raises `Unfit`."""
    wire = main(box)
    if wire.address is None:
        raise Unfit(f"{wire.device.name} of {box.label} has no IPv4 address")
    return wire, wire.address.cidr


def _no_addr(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, _ = _addressed(box)
    one = wire.device
    gone = [TakeAddress(box.space, one.name, a.cidr) for a in scene.addresses(one)]
    return [scene.remember(one), *gone]


def _moved(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    """As an interface is that was addressed first, and then moved into its namespace."""
    return [*_no_addr(scene, box, number), Switch(box.space, main(box).device.name)]


def _by_hand(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    """A hardware address for its gateway that nobody there has."""
    wire, taken = _default_taken(scene, box)
    known = scene.survey.neighbours(box.space)
    if any(n.ip == taken.via and n.state == "PERMANENT" for n in known):
        raise Unfit(f"{box.label} has been told who {taken.via} is already")
    mac = f"02:fa:00:00:01:{number & 0xFF:02x}"
    return [TellNeighbour(box.space, wire.device.name, taken.via, mac)]


def _prefix_32(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, cidr = _addressed(box)
    if cidr.endswith("/32"):
        raise Unfit(f"{cidr} is a network of one address already")
    name = wire.device.name
    return [
        scene.remember(wire.device),
        TakeAddress(box.space, name, cidr),
        GiveAddress(box.space, name, f"{cidr.partition('/')[0]}/32"),
    ]


def _no_default(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, taken = _default_taken(scene, box)
    return [scene.remember(wire.device), taken]


def _default_taken(scene: Scene, box: Box) -> tuple[Wire, TakeRoute]:
    route = scene.default(box.space)
    wire = next((w for w in box.wires if route and w.device.name == route.device), None)
    if route is None or wire is None:
        raise Unfit(f"{box.label} has no default route", f"ip -n {box.space} route")
    return wire, TakeRoute(box.space, route.device, "default", route.via, route.metric)


def _flap(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, _ = _default_taken(scene, box)
    name = wire.device.name
    switch = (Switch(box.space, name), Switch(box.space, name, True))
    return [scene.remember(wire.device), *switch]


def _gateway(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, taken = _default_taken(scene, box)
    wrong = scene.unused(wire.network)
    return [
        scene.remember(wire.device),
        taken,
        GiveRoute(box.space, taken.device, "default", wrong, taken.metric),
    ]


def _no_gateway(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    if net.address is None:
        raise Unfit(f"the bridge of {net.label} has no address already")
    where = (net.bridge.space, net.bridge.name)
    return [scene.remember(net.bridge), TakeAddress(*where, net.address.cidr)]


def _duplicate(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, _, bridge = bridged(box)
    if wire.address is None:
        raise Unfit(f"{box.label} has no IPv4 address")
    for other in scene.boxes:
        for theirs in other.wires:
            same = theirs.bridge and theirs.bridge.index == bridge.index
            if other.space != box.space and same and theirs.bridge.space == bridge.space:  # type: ignore[union-attr]
                one = theirs.device
                return [
                    *scene.forget(scene.net_of(wire), wire.address.ip),
                    scene.remember(one),
                    GiveAddress(other.space, one.name, wire.address.cidr),
                ]
    raise Unfit(f"{box.label} has no neighbour who could have its address")


def _two_defaults(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    """The new one has a larger metric: two that are alike, the kernel uses by what it has heard of
    their gateways (net/ipv4/fib_semantics.c, fib_select_default)."""
    wire, taken = _default_taken(scene, box)
    for other in box.wires:
        via = _gateway_of(scene, other)
        if other != wire and via:
            name = other.device.name
            given = GiveRoute(box.space, name, "default", via, taken.metric + 100)
            return [scene.remember(other.device), given]
    raise Unfit(f"{box.label} is on one network only")


def _gateway_of(scene: Scene, wire: Wire) -> str:
    own = scene.addresses(wire.bridge) if wire.bridge else []
    return next((a.ip for a in own if ":" not in a.ip), "")


def _forward_off(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    space = net.bridge.space
    if scene.survey.sysctl(space, _FORWARD) != "1":
        raise Unfit(f"{_FORWARD} is not 1 already", f"sysctl {_FORWARD}")
    return [Setting(space, _FORWARD, "0", "1", tuple(_along(scene, space)))]


def _overlap(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    """A second bridge whose network is a half of this one's: the longer prefix wins."""
    if net.address is None or net.network.prefixlen > _SMALL:
        raise Unfit(f"the host has no network for {net.label} that could be halved")
    own = [IPv4Address(w.address.ip) for w in net.wires if w.address and ":" not in w.address.ip]
    halves = list(net.network.subnets())
    half = max(halves, key=lambda each: sum(ip in each for ip in own))
    name = f"fault-{number}"
    cidr = f"{scene.unused(half)}/{half.prefixlen}"
    space = net.bridge.space
    return [SecondBridge(space, name, number), GiveAddress(space, name, cidr)]


def _wrong_router(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    """The setting is made in the container, which is no router, and not in the host."""
    if scene.survey.sysctl(box.space, _FORWARD) != "0":
        raise Unfit(f"{_FORWARD} is not 0 in {box.label}", f"ip netns exec {box.space} sysctl -a")
    mine = Setting(box.space, _FORWARD, "1", "0", tuple(_along(scene, box.space)))
    return [*_forward_off(scene, scene.net_of(bridged(box)[0]), number), mine]


def _along(scene: Scene, space: str) -> list[tuple[str, str]]:
    """The settings that the kernel changes with ip_forward (Linux net/ipv4/devinet.c,
    inet_forward_change), as they are now."""
    names = [*scene.survey.interfaces(space), "default"]
    keys = [sysctl.key("net", "ipv4", "conf", name, "forwarding") for name in names]
    keys += [f"net.ipv4.conf.{name}.accept_redirects" for name in ("all", "default")]
    found = [(key, scene.survey.sysctl(space, key)) for key in keys]
    return [(key, value) for key, value in found if value is not None]


def _localnet(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    key = sysctl.key("net", "ipv4", "conf", net.bridge.name, "route_localnet")
    if scene.survey.sysctl(net.bridge.space, key) != "1":
        raise Unfit(f"{key} is not 1: nothing is published on 127.0.0.1 there", f"sysctl {key}")
    return [Setting(net.bridge.space, key, "0", "1")]


def _reverse_path(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    """Its answers leave by its second network, which the host does not believe any more."""
    wire, taken = _default_taken(scene, box)
    others = [w for w in box.wires if w != wire and w.bridge and w.address]
    for other in others:
        assert other.bridge is not None
        via = _gateway_of(scene, other)
        key = sysctl.key("net", "ipv4", "conf", other.bridge.name, "rp_filter")
        old = scene.survey.sysctl(other.bridge.space, key)
        if via and old is not None and old != "1":
            name = other.device.name
            return [
                scene.remember(wire.device),
                scene.remember(other.device),
                taken,
                GiveRoute(box.space, name, "default", via, taken.metric),
                Setting(other.bridge.space, key, "1", old),
            ]
    raise Unfit(f"{box.label} is on one network only: its answers have but one way")


KINDS = (
    Kind("L3.NO_ADDR", CONTAINER, "Its interface has no address.", _no_addr),
    Kind("L3.ADDR_LOST_ON_MOVE", CONTAINER, "Its interface is as moves leave it: bare.", _moved),
    Kind("L3.PREFIX32", CONTAINER, "Its address has no prefix length: a /32.", _prefix_32),
    Kind("L3.NO_DEFAULT", CONTAINER, "It has no default route.", _no_default),
    Kind("L3.ROUTE_LOST_ON_FLAP", CONTAINER, "Its interface was switched off and on again.", _flap),
    Kind("L3.GW_UNREACHABLE", CONTAINER, "Its default route leads to nobody.", _gateway),
    Kind("L3.STATIC_NEIGHBOUR", CONTAINER, "It was told a wrong MAC of its gateway.", _by_hand),
    Kind("L3.NO_GW_ADDR", NETWORK, "Its bridge has no address.", _no_gateway),
    Kind("L3.DUP_ADDR", CONTAINER, "A neighbour has its address, too.", _duplicate),
    Kind("IPAM.OVERLAP", NETWORK, "A second bridge has a part of its addresses.", _overlap),
    Kind("L3.TWO_DEFAULTS", CONTAINER, "It has a second default route.", _two_defaults),
    Kind("L3.FORWARD_OFF", NETWORK, "Its host does not forward packets.", _forward_off),
    Kind(
        "SYSCTL.WRONG_NS", CONTAINER, "It forwards packets, and its host does not.", _wrong_router
    ),
    Kind(
        "SYSCTL.ROUTE_LOCALNET",
        NETWORK,
        "Its host sends nothing from 127.0.0.1 to it.",
        _localnet,
    ),
    Kind(
        "SYSCTL.RP_FILTER",
        CONTAINER,
        "Its host does not believe what comes by its second network.",
        _reverse_path,
    ),
)
