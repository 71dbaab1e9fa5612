"""Why nobody answers on a wire, as far as the state of the kernel tells."""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..said import said
from .segment import FORWARDING, Segment
from .story import Flight

#: Words and a diagnosis id.
Blame = tuple[str, str]


def silence(survey: Survey, flight: Flight, device: Interface, hop: str, apart: bool) -> Blame:
    """Nobody on the wire of `device` says that `hop` is his; `apart`: one who has it is there,
    behind an isolated port."""
    broken = cut(survey, device)
    if broken[1]:
        return broken
    text = said(
        "nobody answers {protocol}: {hop} is not on the network of {device}",
        protocol=said("neighbour discovery") if ":" in hop else said("ARP"),
        hop=hop,
        device=device.name,
    )
    source = flight.packet.src
    if apart and not source.startswith("127."):
        text = said("{hop} is behind an isolated port of the bridge, as the asker is", hop=hop)
        return text, "L2.ISOLATED"
    if source.startswith("127.") and not device.loopback:
        text = said("{text}, or does not answer {source}", text=text, source=source)
        return text, "NAT.LOCAL_SRC"
    if hop == flight.packet.dst:
        return text, "NAT.DNAT_DEAD" if flight.flow and "dnat" in flight.flow.status else (
            "L3.NO_SUCH_HOST"
        )
    text = said("{text} (it is the next hop to {to})", text=text, to=flight.packet.dst)
    return text, "L3.GW_UNREACHABLE"


def cut(survey: Survey, device: Interface) -> Blame:
    """What is broken between an interface and the next bridge; ("…", "") if nothing is."""
    if not device.up:
        return said("{device} is down", device=device.name), "L1.LINK_DOWN"
    peer = survey.other_end(device) if device.kind == "veth" else None
    if peer is None:
        return said("what {device} leads to cannot be seen", device=device.name), ""
    if not peer.up:
        text = said("the other end of the cable, {device}, is down", device=peer.name)
        return text, "L1.PEER_DOWN"
    if not peer.master:
        if _in_use(survey, peer):
            return said("the cable ends at {device}", device=peer.name), ""
        text = said("the other end of the cable, {device}, is plugged into nothing",
                    device=peer.name)  # fmt: skip
        return text, "L2.NO_MASTER"
    bridge = survey.interface_at(peer.space, peer.master)
    if bridge and not bridge.up:
        return said("the bridge {bridge} is down", bridge=bridge.name), "L2.BRIDGE_DOWN"
    if peer.port.get("state", FORWARDING) != FORWARDING:
        return said("port {device} does not forward", device=peer.name), "L2.PORT_BLOCKED"
    return said("the cable leads to {device}", device=peer.name), ""


def _in_use(survey: Survey, device: Interface) -> bool:
    """Has it an address, or a route, of its own?"""
    addresses = survey.addresses(device.space)
    own = any(a.device == device.name and a.scope == "global" for a in addresses)
    return own or any(
        r.device == device.name and not r.destination.startswith(("fe80:", "ff00:"))
        for r in survey.routes(device.space)
    )


def no_port(bridge: str, mac: str) -> str:
    """A bridge knows no port for a hardware address."""
    return said("no port of {bridge} leads to {mac}", bridge=bridge, mac=mac)


def vacant(survey: Survey, device: Interface, address: str) -> bool:
    """Has nobody on the wire of `device` an address, as far as can be seen? Then it is no rule's
    fault that the question for it was not answered: that rule kept it from others."""
    segment = Segment(survey, isolation=False)
    if not ends_in_sight(survey, segment, device):
        return False
    spaces = {each.space for each in segment.beyond(device)}
    return not any(a.ip == address for space in spaces for a in survey.addresses(space))


def ends_in_sight(survey: Survey, segment: Segment, device: Interface) -> bool:
    """Is all that a wire leads to within sight? A physical interface, or a cable into a
    namespace that cannot be entered, leads out of it."""
    if device.kind == "bridge":
        return all(ends_in_sight(survey, segment, port) for port in segment.ports(device))
    if device.kind == "veth":
        peer = survey.other_end(device)
        if peer is None:
            return False
        bridge = segment.bridge_of(peer)
        others = [p for p in segment.ports(bridge) if p.index != peer.index] if bridge else []
        return all(ends_in_sight(survey, segment, each) for each in others)
    if device.kind in ("macvlan", "macvtap", "ipvlan"):
        parent = survey.other_end(device)
        return parent is not None and ends_in_sight(survey, segment, parent)
    return device.kind == "vxlan" or device.loopback
