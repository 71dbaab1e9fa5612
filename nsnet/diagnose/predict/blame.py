"""Why nobody answers on a wire, as far as the state of the kernel tells."""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
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
    word = "neighbour discovery" if ":" in hop else "ARP"
    text = f"nobody answers {word}: {hop} is not on the network of {device.name}"
    if apart and not flight.packet.src.startswith("127."):
        return f"{hop} is behind an isolated port of the bridge, as the asker is", "L2.ISOLATED"
    if flight.packet.src.startswith("127.") and not device.loopback:
        return f"{text}, or does not answer {flight.packet.src}", "NAT.LOCAL_SRC"
    if hop == flight.packet.dst:
        return text, "NAT.DNAT_DEAD" if flight.flow and "dnat" in flight.flow.status else (
            "L3.NO_SUCH_HOST"
        )
    return f"{text} (it is the next hop to {flight.packet.dst})", "L3.GW_UNREACHABLE"


def cut(survey: Survey, device: Interface) -> Blame:
    """What is broken between an interface and the next bridge; ("…", "") if nothing is."""
    if not device.up:
        return f"{device.name} is down", "L1.LINK_DOWN"
    peer = survey.other_end(device) if device.kind == "veth" else None
    if peer is None:
        return f"what {device.name} leads to cannot be seen", ""
    if not peer.up:
        return f"the other end of the cable, {peer.name}, is down", "L1.PEER_DOWN"
    if not peer.master:
        addresses = survey.addresses(peer.space)
        own = any(a.device == peer.name and a.scope == "global" for a in addresses)
        own = own or any(
            r.device == peer.name and not r.destination.startswith(("fe80:", "ff00:"))
            for r in survey.routes(peer.space)
        )
        plugged = f"the other end of the cable, {peer.name}, is plugged into nothing"
        return (f"the cable ends at {peer.name}", "") if own else (plugged, "L2.NO_MASTER")
    bridge = survey.interface_at(peer.space, peer.master)
    if bridge and not bridge.up:
        return f"the bridge {bridge.name} is down", "L2.BRIDGE_DOWN"
    if peer.port.get("state", FORWARDING) != FORWARDING:
        return f"port {peer.name} does not forward", "L2.PORT_BLOCKED"
    return f"the cable leads to {peer.name}", ""


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
