"""A packet over the wire: the question for the neighbour, and the frame through cables and bridges.

Sources: Linux ``net/bridge/br_input.c``, ``br_forward.c``, ``br_netfilter_hooks.c``;
``drivers/net/macvlan.c``.
"""

from __future__ import annotations

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...value import Value, replace
from ..said import said
from ..trace import words
from ..walk import Packet
from . import blame
from .admission import admits
from .fib import Fib, Question
from .neighbours import CONNECTED, Neighbours
from .netfilter import Netfilter
from .segment import FORWARDING, Segment
from .story import Flight, Lost, Story

#: Where br_netfilter stands among the chains of the bridge family.
_BRNF = {"prerouting": 0, "forward": -1, "postrouting": 2**31 - 1}


class Arrival(Value):
    """The interface whose IP stack gets a packet. `passed`: prerouting lies behind it."""

    device: Interface
    passed: bool = False


class Wire:
    """Carries packets from one IP stack to the next."""

    def __init__(self, survey: Survey, story: Story, netfilter: Netfilter) -> None:
        self._survey, self._story, self._netfilter = survey, story, netfilter
        self._segment = Segment(survey, netfilter)
        self._neighbours = Neighbours(survey)

    def carry(self, flight: Flight, device: Interface, hop: str) -> Arrival:
        """Out of `device`, to the neighbour `hop`. Raises `Lost`."""
        owner = self._resolve(flight, device, hop)
        flight.packet = replace(flight.packet, macs=(device.mac, owner.mac))
        return self._out(flight, device, owner)

    def _resolve(self, flight: Flight, device: Interface, hop: str) -> Interface:
        """Whose interface has the next hop's address."""
        mac, state = self._neighbours.known(flight.space, device.name, hop)
        if not mac:
            return self._ask(flight, device, hop)
        found = [each for each in self._segment.beyond(device) if each.mac == mac]
        if found:
            return found[0]
        from ..ladder.misled import misled  # Not at the top: the ladder predicts, too.

        wrong = misled(self._survey, device, hop)
        if wrong is None and state not in ("PERMANENT", "NOARP"):
            return self._ask(flight, device, hop)
        self._tell_out(flight, device)
        fixed = state in ("PERMANENT", "NOARP")
        text = said(
            "{device} sends to {mac}, as {why}, and nobody has that",
            device=device.name,
            mac=mac,
            why=said("it was told to") if fixed else said("it remembers"),
        )
        reason = wrong.id if wrong else "L3.GW_UNREACHABLE"
        raise self._story.lose(flight, text, reason, device.name)

    def _ask(self, flight: Flight, device: Interface, hop: str) -> Interface:
        source = self._asker(flight, device, hop)
        asked = Packet("arp", source, hop)
        segment = Segment(self._survey, self._netfilter, asked)
        heard = segment.beyond(device)
        found = [each for each in heard if self._answers(each, hop, source)]
        above = self._segment.bridge_of(device)
        if above is not None:  # Its rx handler takes what comes in: __netif_receive_skb_core.
            raise self._taken(flight, device, above, hop)
        if not found:
            self._unseen(device)
            asks = words.unanswered(device.name, hop)
            self._story.tell(flight, "resolve", asks, device=device.name)
            stopped = [] if blame.vacant(self._survey, device, hop) else segment.stopped
            for space, hit in stopped:
                flight.space = space
                raise self._netfilter.stopped(flight, hit)
            every = Segment(self._survey, self._netfilter, isolation=False).beyond(device)
            apart = any(self._owns(each, hop) for each in every)
            text, reason = blame.silence(self._survey, flight, device, hop, apart)
            raise self._story.lose(flight, text, reason, device.name)
        owner = found[0]
        if len({(each.space, each.mac) for each in found}) > 1:
            self._story.doubt(
                said("{hop} is the address of {count} interfaces: the first is shown",
                     hop=hop, count=len(found))
            )  # fmt: skip
        self._neighbours.answered(flight.space, device.name, hop, owner.mac)
        self._neighbours.asked(owner.space, owner.name, source, device.mac)
        text = words.found(device.name, hop, owner.mac)
        self._story.tell(flight, "resolve", text, device=device.name)
        return owner

    def _taken(self, flight: Flight, port: Interface, bridge: Interface, hop: str) -> Lost:
        """An answer that comes in by a bridge's port never reaches who has asked by it."""
        asks = words.unanswered(port.name, hop)
        self._story.tell(flight, "resolve", asks, device=port.name)
        text = said(
            "{port} is a port: its bridge {bridge} takes the answer",
            port=port.name,
            bridge=bridge.name,
        )
        return self._story.lose(flight, text, "L2.IP_ON_PORT", port.name)

    def back(self, flight: Flight, port: Interface) -> Arrival:
        """Out of a bridge's port, to whom a frame has come from."""
        asker = [e for e in self._segment.beyond(port) if self._owns(e, flight.packet.dst)]
        if not asker:
            text = said("nobody is behind {port}", port=port.name)
            raise self._story.lose(flight, text, "", port.name)
        return self._out(flight, port, asker[0])

    def _owns(self, device: Interface, ip: str) -> bool:
        return any(a.ip == ip for a in self._survey.addresses(device.space))

    def _unseen(self, device: Interface) -> None:
        """Beyond what the survey can see, somebody may answer."""
        if not blame.ends_in_sight(self._survey, self._segment, device):
            text = said("what is connected to {device} cannot be seen from here",
                        device=device.name)  # fmt: skip
            self._story.doubt(text)

    def _asker(self, flight: Flight, device: Interface, hop: str) -> str:
        """The address that a question is asked from (Linux ``arp_solicit``)."""
        fib = Fib(self._survey, flight.space)
        if fib.owns(flight.packet.src):
            return flight.packet.src
        return fib.source_on(device.name, hop) or flight.packet.src

    def _answers(self, device: Interface, hop: str, source: str) -> bool:
        """IPv4 answers for each address of the stack, IPv6 for those of the interface."""
        own = [a for a in self._survey.addresses(device.space) if a.ip == hop]
        if ":" in hop:
            return any(a.device == device.name for a in own)
        return bool(own) and not admits(self._survey, device, source, hop)

    def _out(self, flight: Flight, device: Interface, owner: Interface) -> Arrival:
        self._tell_out(flight, device)
        if device.kind == "bridge":
            port = self._segment.port_towards(device, owner)
            if port is None:
                text = blame.no_port(device.name, owner.mac)
                raise self._story.lose(flight, text, "L2.NO_MASTER", device.name)
            for hook in ("output", "postrouting"):
                self._netfilter.frame(flight, hook, device, port, "host", device.name)
            return self._by_port(flight, device, port, owner)
        if device.kind in ("macvlan", "macvtap", "ipvlan"):
            return self._by_child(flight, device, owner)
        if device.kind == "vxlan":
            ends = self._segment.tunnel_ends(device)
            return self._towards(flight, ends, owner, device)
        peer = self._segment.cable_end(device)
        return self._towards(flight, [peer] if peer else [], owner, device)

    def _towards(
        self, flight: Flight, ends: list[Interface], owner: Interface, device: Interface
    ) -> Arrival:
        for end in ends:
            heard = self._segment.beyond(device)
            if len(ends) == 1 or end == owner or owner in heard:
                return self._in(flight, end, owner)
        text, reason = blame.cut(self._survey, device)
        raise self._story.lose(flight, text, reason, device.name)

    def _by_child(self, flight: Flight, device: Interface, owner: Interface) -> Arrival:
        """A macvlan: to a brother within the parent, else out by it."""
        parent = self._survey.other_end(device)
        if parent is None or not parent.up:
            text = said("{device}'s parent is down", device=device.name)
            raise self._story.lose(flight, text, "L1.PEER_DOWN", device.name)
        if parent.space != flight.space:
            self._cross(flight, parent.space)
        if owner in self._segment.children(parent):
            text = said("enters {device}", device=parent.name)
            self._story.tell(flight, "in", text, device=parent.name)
            return self._in_child(flight, owner)
        self._tell_out(flight, parent)
        peer = self._segment.cable_end(parent)
        return self._towards(flight, [peer] if peer else [], owner, parent)

    def _in_child(self, flight: Flight, child: Interface) -> Arrival:
        if child.space != flight.space:
            self._cross(flight, child.space)
        self._tell_in(flight, child)
        return Arrival(child)

    def _in(self, flight: Flight, device: Interface, owner: Interface) -> Arrival:
        """A frame comes in by an interface."""
        self._cross(flight, device.space)
        bridge = self._segment.bridge_of(device)
        self._tell_in(flight, device)
        if bridge is not None:
            return self._bridge(flight, bridge, device, owner)
        if owner in self._segment.children(device):
            return self._in_child(flight, owner)
        if device.master:
            self._story.doubt(
                said("{device} belongs to something that is no bridge", device=device.name)
            )
        return Arrival(device)

    def _cross(self, flight: Flight, space: str) -> None:
        """A cable takes away what a stack had noted about a packet (``skb_scrub_packet``)."""
        flight.flow, flight.direction, flight.state = None, "original", "new"
        flight.port = None
        if flight.space != space:
            flight.mark = 0
        flight.space = space

    def _bridge(
        self, flight: Flight, bridge: Interface, port: Interface, owner: Interface
    ) -> Arrival:
        """A frame that a bridge has got by a port."""
        if not bridge.up:
            text = said("the bridge {bridge} is down", bridge=bridge.name)
            raise self._story.lose(flight, text, "L2.BRIDGE_DOWN", port.name)
        if port.port.get("state", FORWARDING) != FORWARDING:
            text = said("port {port} of {bridge} does not forward",
                        port=port.name, bridge=bridge.name)  # fmt: skip
            raise self._story.lose(flight, text, "L2.PORT_BLOCKED", port.name)
        mine = self._is_own(bridge, owner)
        kind = "host" if mine else "other"
        self._netfilter.frame(
            flight, "prerouting", port, None, kind, bridge.name, high=_BRNF["prerouting"]
        )
        filtered = self._filtered(flight, bridge)
        if filtered:
            before, flight.port = flight.packet.dst, port
            self._netfilter.hook(flight, "prerouting", bridge, None)
            if flight.packet.dst != before:
                found = self._redirected(flight, bridge)
                mine, owner = found is None, found or owner
        self._netfilter.frame(
            flight, "prerouting", port, None, kind, bridge.name, low=_BRNF["prerouting"]
        )
        if mine:
            self._netfilter.frame(flight, "input", port, None, kind, bridge.name)
            self._tell_in(flight, bridge)
            return Arrival(bridge, passed=filtered)
        return self._forward(flight, bridge, port, owner, filtered, kind)

    def _redirected(self, flight: Flight, bridge: Interface) -> Interface | None:
        """br_netfilter has given a frame another destination: the machine there if it is on this
        bridge, None if the host's own stack is to see to it."""
        way = Fib(self._survey, flight.space).find(
            Question(flight.packet.dst, flight.packet.src, bridge.name, mark=flight.mark)
        )
        if way.kind != "unicast" or way.device != bridge.name:
            return None
        forwards = self._survey.sysctl(bridge.space, f"net.ipv4.conf.{bridge.name}.forwarding")
        if forwards == "0" and ":" not in flight.packet.src:  # ip_route_input: an error as route
            return None
        hop = way.via or flight.packet.dst
        _, state = self._neighbours.known(flight.space, bridge.name, hop)
        owner = self._resolve(flight, bridge, hop)
        if state not in CONNECTED:  # br_nf_pre_routing_finish_bridge: by the bridge's own output
            self._tell_out(flight, bridge)
        return owner

    def _forward(
        self, flight: Flight, bridge: Interface, port: Interface, owner: Interface,
        filtered: bool, kind: str,
    ) -> Arrival:  # fmt: skip
        """From one port of a bridge to another."""
        out = self._segment.port_towards(bridge, owner)
        if out is None:
            text = blame.no_port(bridge.name, owner.mac)
            raise self._story.lose(flight, text, "L2.NO_MASTER", port.name)
        if out.index == port.index and not port.port.get("hairpin"):
            text = said("{bridge} sends no frame back by the port {port} that it came by",
                        bridge=bridge.name, port=port.name)  # fmt: skip
            raise self._story.lose(flight, text, "L2.HAIRPIN_OFF", port.name)
        if port.port.get("isolated") and out.port.get("isolated"):
            text = said("{port} and {other} are isolated ports of {bridge}",
                        port=port.name, other=out.name, bridge=bridge.name)  # fmt: skip
            raise self._story.lose(flight, text, "L2.ISOLATED", port.name)
        self._through(flight, "forward", bridge, (port, out), filtered, kind)
        self._through(flight, "postrouting", bridge, (port, out), filtered, kind)
        return self._by_port(flight, bridge, out, owner)

    def _through(
        self, flight: Flight, hook: str, bridge: Interface,
        ports: tuple[Interface, Interface], filtered: bool, kind: str,
    ) -> None:  # fmt: skip
        """A hook of the bridge, with that of IP inside it where br_netfilter is on."""
        port, out = ports
        place = _BRNF[hook]
        self._netfilter.frame(flight, hook, port, out, kind, bridge.name, high=place)
        if filtered:
            iif = bridge if hook == "forward" else None
            self._netfilter.hook(flight, hook, iif, bridge)
        self._netfilter.frame(flight, hook, port, out, kind, bridge.name, low=place)

    def _by_port(
        self, flight: Flight, bridge: Interface, port: Interface, owner: Interface
    ) -> Arrival:
        text = words.bridged(bridge.name, port.name)
        self._story.tell(flight, "bridge", text, device=bridge.name, via=port.name)
        return self._out(flight, port, owner)

    def _is_own(self, bridge: Interface, owner: Interface) -> bool:
        """Is the frame for the bridge itself?"""
        return owner.space == bridge.space and (
            owner.index == bridge.index or owner.master == bridge.index
        )

    def _filtered(self, flight: Flight, bridge: Interface) -> bool:
        """Do frames between its ports pass the tables of IP (br_netfilter)?"""
        six = ":" in flight.packet.src
        name = f"net.bridge.bridge-nf-call-ip{'6' * six}tables"
        option = "nf_call_ip6tables" if six else "nf_call_iptables"
        return self._survey.sysctl(bridge.space, name) == "1" or bool(bridge.options.get(option))

    def _tell_out(self, flight: Flight, device: Interface) -> None:
        label = self._story.label(device.space)
        beyond = self._survey.other_end(device) if device.kind == "veth" else None
        to = words.end_of(beyond.name, self._story.label(beyond.space)) if beyond else ""
        own = device.kind == "bridge"
        bridge = self._segment.bridge_of(device) if device.master and not own else None
        name = bridge.name if bridge else ""
        text = words.leaves(label, device.name, bridge=name, own=own, beyond=to)
        self._story.tell(flight, "out", text, device=device.name)

    def _tell_in(self, flight: Flight, device: Interface) -> None:
        label = self._story.label(device.space)
        own = device.kind == "bridge"
        bridge = None if own else self._segment.bridge_of(device)
        text = words.enters(label, device.name, bridge=bridge.name if bridge else "", own=own)
        self._story.tell(flight, "in", text, device=device.name)
        chains = self._netfilter.ruleset(device.space).chains.values()
        if any(each.family == "netdev" and each.hook for each in chains):
            self._story.doubt(
                said("{label} has rules at its interfaces (netdev): they are not judged",
                     label=label)
            )  # fmt: skip


__all__ = ["Arrival", "Lost", "Wire"]
