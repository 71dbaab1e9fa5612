"""Faults of VXLANs, the cables of overlay networks."""

from __future__ import annotations

from ..kernel import link
from ..kernel.survey.model import Interface
from ..kernel.vxlan import changed, remote_entries
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.link import Mtu
from ..plan.steps.fault.tunnel import ForgetRemote, Remake
from .errors import Unfit
from .kind import CONTAINER, Kind
from .scene import Box, Scene

_PORT = 4789
#: What a VXLAN puts around a frame, in bytes (RFC 7348: IPv4, UDP, VXLAN and Ethernet headers).
_HEADERS = 50


def _tunnels(scene: Scene, box: Box) -> list[tuple[Interface, Interface]]:
    """The VXLANs on its bridges, each with the bridge. Raises `Unfit`."""
    found = []
    for bridge in (wire.bridge for wire in box.wires if wire.bridge):
        for one in scene.survey.interfaces(bridge.space).values():
            if one.kind == "vxlan" and one.master == bridge.index:
                found.append((one, bridge))
    if not found:
        raise Unfit(f"{box.label} is on no VXLAN", "ip -d link show type vxlan")
    return found


def _no_remote(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    for one, _ in _tunnels(scene, box):
        entries = remote_entries(scene.stack.channel(one.space), one.index)
        if entries and not one.options.get("remote"):
            where = (one.space, one.name, one.index)
            return [ForgetRemote(*where, mac, to, text) for mac, to, text in entries]
    raise Unfit("its VXLAN has its far end as an option, and cannot forget it")


def _other_number(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    one, bridge = _tunnels(scene, box)[0]
    return _remade(scene, one, bridge, int(one.options.get("id", 0)) + 1, 0)


def _other_port(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    one, bridge = _tunnels(scene, box)[0]
    return _remade(scene, one, bridge, 0, int(one.options.get("port", _PORT)) + 1)


def _too_large(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    """Its cable takes what its VXLAN has no room for."""
    one, bridge = _tunnels(scene, box)[0]
    wire = next(w for w in box.wires if w.bridge == bridge)
    ends = [x for x in (wire.device, wire.far) if x]
    if any(each.mtu > one.mtu for each in ends):
        raise Unfit(f"the MTU of {wire.device.name} is larger than that of {one.name} already")
    return [Mtu(x.space, x.name, one.mtu + _HEADERS, x.mtu) for x in ends]


def _remade(
    scene: Scene, one: Interface, bridge: Interface, number: int, port: int
) -> list[FaultStep]:
    channel = scene.stack.channel(one.space)
    data = next(each.data for each in link.links(channel) if each.index == one.index)
    words = dict(one.options)
    other = words | ({"id": number} if number else {}) | ({"port": port} if port else {})
    step = Remake(
        one.space,
        one.name,
        one.index,
        one.mac,
        one.mtu,
        one.group,
        one.alias,
        bridge.name,
        changed(data).hex(),
        changed(data, number, port).hex(),
        _typed(scene, one, words),
        _typed(scene, one, other),
        tuple((name, on) for name, on in one.port.items() if name != "state"),
        tuple(remote_entries(channel, one.index)),
    )
    return [scene.remember(one), step]


def _typed(scene: Scene, one: Interface, options: dict[str, str | int]) -> str:
    """The options as ``ip link add … type vxlan`` takes them."""
    words = [f"id {options['id']}", f"dstport {options.get('port', _PORT)}"]
    words += [f"{name} {options[name]}" for name in ("local", "remote") if options.get(name)]
    under = scene.survey.interface_at(one.space, int(options.get("dev") or 0))
    words += [f"dev {under.name}"] if under else []
    return " ".join(words if options.get("learning", 1) else [*words, "nolearning"])


KINDS = (
    Kind("MTU.OVERLAY", CONTAINER, "Its cable takes more than its VXLAN carries.", _too_large),
    Kind("VX.NO_REMOTE", CONTAINER, "Its VXLAN has forgotten the far end.", _no_remote),
    Kind("VX.VNI_MISMATCH", CONTAINER, "Its VXLAN has another number.", _other_number),
    Kind("VX.PORT", CONTAINER, "Its VXLAN has another port.", _other_port),
)
