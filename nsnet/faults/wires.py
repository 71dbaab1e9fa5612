"""Faults of cables and bridges."""

from __future__ import annotations

from ..diagnose.ladder.link import wires as cables
from ..kernel import netns
from ..kernel.survey.model import Interface
from ..plan.steps.fault.address import GiveAddress, TakeAddress
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.device import LeaveInHost
from ..plan.steps.fault.link import Mtu, PortFlag, Switch, Unplug
from .errors import Unfit
from .kind import CONTAINER, NETWORK, Kind
from .scene import Box, Net, Scene, Wire

#: Smaller than Ethernet's 1500, as of many tunnels.
_NARROW = 1400


def main(box: Box) -> Wire:
    """The wire that a container's default route uses, or its first one."""
    if not box.wires:
        raise Unfit(f"{box.label} has no cable")
    return box.wires[0]


def bridged(box: Box) -> tuple[Wire, Interface, Interface]:
    """Its first wire that leads to a bridge: (wire, port, bridge). Raises `Unfit`."""
    for wire in box.wires:
        if wire.bridge and wire.far:
            return wire, wire.far, wire.bridge
    raise Unfit(f"{box.label} is on no bridge", "ip -d link")


def switched_off(scene: Scene, one: Interface) -> list[FaultStep]:
    """The steps that switch an interface off. Raises `Unfit` if it is."""
    if not one.up:
        raise Unfit(f"{one.name} is down already")
    return [scene.remember(one), Switch(one.space, one.name)]


def _lo_down(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    return switched_off(scene, scene.survey.interfaces(box.space)["lo"])


def _link_down(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    return switched_off(scene, main(box).device)


def _peer_down(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    far = main(box).far
    if far is None:
        raise Unfit(f"the other end of its cable is not to be seen from {box.label}")
    return switched_off(scene, far)


def _no_master(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    _, port, bridge = bridged(box)
    flags = tuple((name, on) for name, on in port.port.items() if name != "state")
    return [scene.remember(port), Unplug(port.space, port.name, bridge.name, flags)]


def _end_in_host(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire = main(box)
    one, far = wire.device, wire.far
    if far is None or far.space or one.space != box.space:
        raise Unfit(f"the cable of {box.label} does not lead to the host")
    if len(cables(scene.survey, box.space)) > 1:
        raise Unfit(f"{box.label} has another interface, too", f"ip -n {box.space} link")
    name = f"{box.label[:9]}-{one.name}"[:15]
    if name in scene.survey.interfaces(""):
        raise Unfit(f"the host has an interface {name} already")
    where = (box.space, one.name, number, one.index)
    return [
        scene.remember(one),
        LeaveInHost(*where, name, one.mac, one.up, netns.inode(box.space)),
    ]


def _bridge_down(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    return switched_off(scene, net.bridge)


def _ip_on_port(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    if net.address is None or not net.wires[0].far:
        raise Unfit(f"the bridge of {net.label} has no address")
    port = net.wires[0].far
    return [
        scene.remember(net.bridge),
        TakeAddress(net.bridge.space, net.bridge.name, net.address.cidr),
        GiveAddress(port.space, port.name, net.address.cidr),
    ]


def _hairpin_off(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    _, port, _ = bridged(box)
    if not port.port.get("hairpin"):
        raise Unfit(f"{port.name} is not in hairpin mode", f"bridge -d link show dev {port.name}")
    return [PortFlag(port.space, port.name, "hairpin", False)]


def _isolated(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    ports = [wire.far for wire in net.wires if wire.far and not wire.far.port.get("isolated")]
    if len(ports) < 2:
        raise Unfit(f"{net.label} has fewer than two ports that are not isolated")
    return [PortFlag(port.space, port.name, "isolated", True) for port in ports]


def _black_hole(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, port, _ = bridged(box)
    if port.mtu <= _NARROW or wire.device.mtu <= _NARROW:
        raise Unfit(f"the MTU of {port.name} is {port.mtu} already")
    return [Mtu(port.space, port.name, _NARROW, port.mtu)]


KINDS = (
    Kind("L1.LO_DOWN", CONTAINER, "Its loopback interface is switched off.", _lo_down),
    Kind("L1.LINK_DOWN", CONTAINER, "Its interface is switched off.", _link_down),
    Kind("L1.PEER_DOWN", CONTAINER, "The host's end of its cable is switched off.", _peer_down),
    Kind("L1.END_IN_HOST", CONTAINER, "Its end of its cable lies in the host.", _end_in_host),
    Kind("L2.NO_MASTER", CONTAINER, "Its cable is unplugged from the bridge.", _no_master),
    Kind("L2.BRIDGE_DOWN", NETWORK, "Its bridge is switched off.", _bridge_down),
    Kind("L2.IP_ON_PORT", NETWORK, "The bridge's address stands on one of its ports.", _ip_on_port),
    Kind(
        "L2.HAIRPIN_OFF", CONTAINER, "Its port sends nothing back where it came from.", _hairpin_off
    ),
    Kind("L2.ISOLATED", NETWORK, "Its ports are isolated from each other.", _isolated),
    Kind("MTU.BLACKHOLE", CONTAINER, "Large packets vanish at its cable.", _black_hole),
)
