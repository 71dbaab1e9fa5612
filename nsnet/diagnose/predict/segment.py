"""The wire, seen from an interface: who hears what is sent out of it, and by which way.

Cables (veth), bridges with their ports, macvlan and VXLAN. A tunnel is one cable to the peers
that have the same number, whatever network is below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..nft.evaluate import Hit
from ..walk import Packet
from .netfilter import Netfilter

#: BR_STATE_FORWARDING of a bridge port.
FORWARDING = 3
_CHILDREN = ("macvlan", "macvtap", "ipvlan")


class Segment:
    """What belongs together on layer 2. `asked` is the ARP question that goes round, where the
    rules of bridges are to judge it; `isolation` False looks behind isolated ports, too."""

    def __init__(
        self,
        survey: Survey,
        netfilter: Netfilter | None = None,
        asked: Packet | None = None,
        isolation: bool = True,
    ) -> None:
        self._survey, self._netfilter, self._asked = survey, netfilter, asked
        self._isolation = isolation
        #: Where rules have stopped the question: the space, and the rule.
        self.stopped: list[tuple[str, Hit]] = []

    def beyond(self, device: Interface) -> list[Interface]:
        """The interfaces with an IP stack that hear what `device` sends."""
        return list(self._sent(device, set()))

    def _sent(self, device: Interface, seen: set[tuple[str, int]]) -> Iterator[Interface]:
        if not device.up or (device.space, device.index) in seen:
            return
        seen.add((device.space, device.index))
        if device.kind == "bridge":
            for port in self.ports(device):
                yield from self._sent(port, seen)
        elif device.kind in _CHILDREN:
            yield from self._sent_by_child(device, seen)
        elif device.kind == "vxlan":
            for peer in self.tunnel_ends(device):
                yield from self._arrives(peer, seen)
        else:
            end = self.cable_end(device)
            if end:
                yield from self._arrives(end, seen)

    def _sent_by_child(self, device: Interface, seen: set[tuple[str, int]]) -> Iterator[Interface]:
        parent = self._survey.other_end(device)
        if parent is None or not parent.up:
            return
        if device.options.get("mode") in ("bridge", "l2", "l3", "l3s"):
            for other in self.children(parent):
                if other != device and other.options.get("mode") == device.options.get("mode"):
                    yield other
        yield from self._sent(parent, seen)

    def _arrives(self, device: Interface, seen: set[tuple[str, int]]) -> Iterator[Interface]:
        if not device.up:
            return
        bridge = self.bridge_of(device)
        if bridge is None:
            yield device
            yield from self.children(device)
            return
        if not bridge.up or device.port.get("state", FORWARDING) != FORWARDING:
            return
        if (bridge.space, bridge.index) not in seen:
            seen.add((bridge.space, bridge.index))
            yield bridge
        for port in self.ports(bridge):
            if port.index != device.index and self._may_pass(device, port):
                yield from self._sent(port, seen)

    def _may_pass(self, port: Interface, other: Interface) -> bool:
        if self._isolation and port.port.get("isolated") and other.port.get("isolated"):
            return False
        if self._asked is None or self._netfilter is None:
            return True
        hit = self._netfilter.stops_question(port.space, "forward", port, other, self._asked)
        self.stopped += [(port.space, hit)] if hit else []
        return hit is None

    def cable_end(self, device: Interface) -> Interface | None:
        """The other end of a cable, if both ends are up."""
        peer = self._survey.other_end(device) if device.kind == "veth" else None
        return peer if peer and peer.up and device.up else None

    def bridge_of(self, device: Interface) -> Interface | None:
        """The bridge that an interface is a port of."""
        if not device.master:
            return None
        master = self._survey.interface_at(device.space, device.master)
        return master if master and master.kind == "bridge" else None

    def ports(self, bridge: Interface) -> list[Interface]:
        """The ports of a bridge that frames can leave by."""
        found = self._survey.interfaces(bridge.space).values()
        return [
            each
            for each in found
            if each.master == bridge.index
            and each.up
            and each.port.get("state", FORWARDING) == FORWARDING
        ]

    def port_towards(self, bridge: Interface, owner: Interface) -> Interface | None:
        """The port of a bridge that an interface is behind."""
        for port in self.ports(bridge):
            if _among(owner, self.beyond(port)):
                return port
        return None

    def children(self, parent: Interface) -> list[Interface]:
        """The macvlans and ipvlans of an interface that are up."""
        return [
            each
            for key in self._survey.spaces()
            for each in self._survey.interfaces(key).values()
            if each.kind in _CHILDREN
            and each.up
            and (each.peer_space, each.peer) == (parent.space, parent.index)
        ]

    def tunnel_ends(self, device: Interface) -> list[Interface]:
        """The other ends of a VXLAN: same number, at an address that this one sends to."""
        number, port = device.options.get("id"), device.options.get("port")
        remotes = {e.remote for e in self._survey.fdb(device.space) if e.device == device.name}
        remotes |= {str(device.options.get("remote", ""))}
        found = []
        for key in self._survey.spaces():
            own = {a.ip for a in self._survey.addresses(key)}
            for each in self._survey.interfaces(key).values():
                same = each.options.get("id") == number and each.options.get("port") == port
                if each.kind == "vxlan" and each.up and same and each != device:
                    local = str(each.options.get("local", ""))
                    if local in remotes or own & remotes:
                        found.append(each)
        return found


def _among(owner: Interface, found: list[Interface]) -> bool:
    return any((o.space, o.index) == (owner.space, owner.index) for o in found)
