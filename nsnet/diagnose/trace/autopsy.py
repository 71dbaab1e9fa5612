"""Why a packet got no further than where it was seen last: what the state of the kernel says."""

from __future__ import annotations

import errno
import os
import re
import socket
from ipaddress import ip_address, ip_network

from ...kernel.survey import Survey
from ...kernel.trace import Order, Outcome
from ...value import replace
from ..place import Place
from ..walk import Event, Packet
from .sights import Question

#: The reason in words, and a diagnosis id or "".
Reason = tuple[str, str]

_TARGET = re.compile(r"dnat (?:ip )?to ([0-9.]+)")


class Autopsy:
    """Why a packet got no further than where it was seen last."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

    def reason(self, events: list[Event], asked: list[Question], began: Packet) -> Reason:
        """Why, and a diagnosis id or "", for a packet with these `events`; `asked` are the
        questions for neighbours that nobody answered, `began` is the request as it was sent."""
        last = events[-1]
        if last.kind in ("rule", "policy") and last.verdict in ("drop", "reject"):
            return self._by_rule(last)
        if asked:
            return self._nobody(asked[-1])
        astray = self._astray(events)
        if astray:
            return astray
        passages = [each for each in events if each.kind in ("out", "in")]
        if not passages or last.hook in ("output", "postrouting"):
            return self._sender(last)
        passage = passages[-1]
        if passage.kind == "out":
            return self._hairpin(passages) or self._gone(passage)
        here = replace(passage, packet=last.packet)
        return self._port(passage, last) or self._answer(here, began) or self._stack(here, began)

    def _by_rule(self, last: Event) -> Reason:
        assert last.rule is not None
        rule = last.rule
        where = f"chain {rule.chain} of table {rule.family} {rule.table}"
        what = "the policy" if last.kind == "policy" else f"rule {rule.handle}"
        verb = "refused" if last.verdict == "reject" else "dropped"
        caption = f" ({rule.caption})" if rule.caption and last.kind == "rule" else ""
        return f"{verb} by {what} in {where}{caption}", ""

    def _nobody(self, asked: Question) -> Reason:
        address = asked.address
        gateway = address in {route.via for route in self.survey.routes(asked.space)}
        what = "the next hop" if gateway else "the address"
        where = f"{asked.device} of {asked.space or 'host'}"
        text = f"nobody answered for {what} {address} on {where}"
        if asked.asker.startswith("127."):
            return f"{text}: it was asked in the name of {asked.asker}", "NAT.LOCAL_SRC"
        return text, "L3.GW_UNREACHABLE" if gateway else ""

    def _astray(self, events: list[Event]) -> Reason | None:
        """Its last frame was sent to a hardware address that the next hop does not have. (It may
        have been seen in a bridge all the same, whose stack drops what is not for it.)"""
        from ..ladder.misled import misled  # Not at the top: the ladder looks at traces.

        for last in reversed(events):
            device = self.survey.interfaces(last.space).get(last.device)
            if last.kind != "out" or device is None or device.master:
                continue
            sent = last.packet.macs[1]
            known = [n for n in self.survey.neighbours(last.space) if n.device == device.name]
            for address in (each.ip for each in known if sent and each.mac == sent):
                wrong = misled(self.survey, device, address)
                if wrong:
                    why = "it was told to" if "STATIC" in wrong.id else "it remembers"
                    text = f"{last.label} has sent it to {sent} for {address}, as {why}"
                    return f"{text}, but {address} has {wrong.own}: nobody takes it", wrong.id
            return None
        return None

    def _gone(self, last: Event) -> Reason:
        """It went out by a cable, and nobody saw it at the other end."""
        device = self.survey.interfaces(last.space).get(last.device)
        end = self.survey.other_end(device) if device else None
        if device and end is None:
            text = f"it left by {device.name} of {last.label}, and nothing came back"
            hidden = not ip_address(last.packet.src).is_private
            outside = not ip_address(last.packet.dst).is_private
            if outside and not hidden:
                return f"{text}: nobody out there knows {last.packet.src}", "NAT.NO_MASQ"
            return text, ""
        if end and not end.up:
            return (
                f"the other end of the cable, {end.name} of {end.space or 'host'}, is down",
                "L1.PEER_DOWN",
            )
        return f"it was seen last as it left {last.label} by {last.device}", ""

    def _port(self, passage: Event, last: Event) -> Reason | None:
        """It came in at a port of a bridge, which did not pass it on; `last` is what netfilter
        told after that, if it did (br_netfilter)."""
        device = self.survey.interfaces(passage.space).get(passage.device)
        above = self.survey.interface_at(passage.space, device.master) if device else None
        if device is None or above is None or above.kind != "bridge":
            return None
        if not above.up:
            return f"the bridge {above.name} is down", "L2.BRIDGE_DOWN"
        if device.port.get("state", 3) != 3:
            return f"the port {device.name} of the bridge {above.name} does not forward", ""
        if device.port.get("isolated"):
            return (
                f"the port {device.name} of {above.name} is isolated: it may not talk to other"
                " isolated ports",
                "",
            )
        macs = {passage.packet.macs[1], *self._macs(passage.space, _translated(last))}
        behind = [e.device for e in self.survey.fdb(passage.space) if e.mac in macs]
        if device.name in behind and not device.port.get("hairpin"):
            return _no_hairpin(above.name, device.name)
        return f"the bridge {above.name} did not pass it on from its port {device.name}", ""

    def _hairpin(self, passages: list[Event]) -> Reason | None:
        """The host gave it to a bridge, for the port that it had come in by."""
        last = passages[-1]
        bridge = self.survey.interfaces(last.space).get(last.device)
        if bridge is None or bridge.kind != "bridge":
            return None
        there = [e.device for e in self.survey.fdb(last.space) if e.mac == last.packet.macs[1]]
        came = [e.device for e in passages if e.kind == "in" and e.space == last.space]
        for name in set(there) & set(came):
            port = self.survey.interfaces(last.space).get(name)
            if port and port.master == bridge.index and not port.port.get("hairpin"):
                return _no_hairpin(bridge.name, name)
        return None

    def _macs(self, space: str, address: str) -> set[str]:
        return {each.mac for each in self.survey.neighbours(space) if each.ip == address}

    def _answer(self, last: Event, began: Packet) -> Reason | None:
        """An answer that comes from somebody else than was called."""
        now = last.packet
        if last.leg != "reply" or (now.src, now.sport) == (began.dst, began.dport):
            return None
        if (now.dst, now.dport) != (began.src, began.sport):
            return None
        return (
            f"the answer comes from {_end(now.src, now.sport)}, but {last.label} has called"
            f" {_end(began.dst, began.dport)}: it did not pass where the address was translated",
            "NAT.BRNF_SHORTCUT",
        )

    def _stack(self, last: Event, began: Packet) -> Reason:
        """It came into an IP stack, and neither went on nor was answered."""
        space, packet, label = last.space, last.packet, last.label
        if packet.src.startswith("127.") and last.device != "lo":
            text = f"{label} takes no packets from {packet.src} by {last.device}"
            return text, "NAT.LOCAL_SRC"
        if self.local(space, packet.src) and last.device != "lo":
            text = f"{label} takes no packets from its own address {packet.src} by {last.device}"
            return text, "NAT.HAIRPIN_NO_MASQ"
        if self.local(space, packet.dst):
            return self._unanswered(last, began)
        six = ":" in packet.dst
        knob = "net.ipv6.conf.all.forwarding" if six else "net.ipv4.ip_forward"
        if self.survey.sysctl(space, knob) == "0":
            text = f"{label} is no router: {knob} is 0, and {packet.dst} is not its own address"
            return text, "L3.FORWARD_OFF"
        forbidding = self._forbidding(space, packet.dst)
        if forbidding:
            text = f"{label} did not pass it on: a route of it says {forbidding} for {packet.dst}"
            return text, "L3.ROUTE_FORBIDS"
        if not self._way(space, packet.dst):
            return f"{label} did not pass it on: it has no route to {packet.dst}", ""
        return self._source_check(last) or (
            f"{label} did not pass it on, though it has a route to {packet.dst}: perhaps by a"
            " firewall that nftables does not show (iptables-legacy, ingress hooks, eBPF)",
            "",
        )

    def _unanswered(self, last: Event, began: Packet) -> Reason:
        packet, label = last.packet, last.label
        back = self._way(last.space, packet.src)
        if last.leg == "request" and not back and not self.local(last.space, packet.src):
            text = f"{label} got it, and knows no way back to {packet.src}"
            return text, "NAT.NO_MASQ" if packet.src == began.src else ""
        who = "its program" if packet.protocol == "udp" else "it"
        silent = f"{label} got it; {who} has not answered"
        return self._source_check(last) or (silent, "")

    def _source_check(self, last: Event) -> Reason | None:
        """rp_filter: strict (1) wants the way back by the same interface, loose (2) any."""
        names = (f"net.ipv4.conf.{each}.rp_filter" for each in ("all", last.device))
        modes = [self.survey.sysctl(last.space, name) or "0" for name in names]
        back = self._way(last.space, last.packet.src)
        if ":" in last.packet.src or last.device == "lo" or back == last.device:
            return None
        if max(modes) == "1" or (max(modes) == "2" and not back):
            where = f"by {back}" if back else "unknown"
            return (
                f"{last.label} checks sources (rp_filter): it came by {last.device}, and the way"
                f" back to {last.packet.src} is {where}",
                "",
            )
        return None

    def _sender(self, last: Event) -> Reason:
        if self._lo_down(last.space, last.packet.dst):
            return f"lo of {last.label} is down: it cannot even talk to itself", "L1.LO_DOWN"
        if last.hook == "output" and last.verdict == "dnat" and last.packet.src.startswith("127."):
            text = f"{last.label} sends nothing from {last.packet.src} to others"
            return f"{text} (route_localnet is 0)", "SYSCTL.ROUTE_LOCALNET"
        if last.hook:
            return f"it passed the rules of {last.label}, but did not leave", ""
        return f"it was seen last in {last.label}", ""

    def _lo_down(self, space: str, address: str) -> bool:
        """Is it an address of its own, and loopback is down?"""
        lo = self.survey.interfaces(space).get("lo")
        return self.local(space, address) and lo is not None and not lo.up

    def got_by_program(self, last: Event) -> bool:
        """Is it a datagram that came to a waiting program? Nobody has to answer one."""
        packet = last.packet
        if (
            packet.protocol != "udp"
            or last.leg != "request"
            or not self.local(last.space, packet.dst)
        ):
            return False
        waiting = self.survey.listeners(last.space)
        there = any(each.protocol == "udp" and each.port == packet.dport for each in waiting)
        return there and last.verdict not in ("drop", "reject") and last.kind != "out"

    def unsent(self, source: Place, order: Order, outcome: Outcome) -> Reason:
        """Why the sender's own kernel did not take it."""
        text = f"{source.label}'s kernel refuses to send it: {os.strerror(outcome.errno)}"
        if self._lo_down(source.space, order.address):
            return f"{text} (lo is down)", "L1.LO_DOWN"
        if outcome.errno != errno.ENETUNREACH:
            return text, ""
        family = socket.AF_INET6 if ":" in order.address else socket.AF_INET
        routes = [r for r in self.survey.routes(source.space) if r.family == family]
        if any(route.destination == "default" for route in routes):
            return text, ""
        return f"{text} (no route to {order.address}, and no default route)", "L3.NO_DEFAULT"

    def local(self, space: str, address: str) -> bool:
        """Is it an address of this stack?"""
        if address.startswith("127.") or address == "::1":
            return True
        return any(each.ip == address for each in self.survey.addresses(space))

    def _forbidding(self, space: str, address: str) -> str:
        """Does a route forbid what is for an address: ``blackhole``, ``unreachable``, …?"""
        from ..predict import fib  # Not at the top: a prediction is told in a trace's words.

        kind = fib.Fib(self.survey, space).kind(address)
        return kind if kind in ("blackhole", "unreachable", "prohibit") else ""

    def _way(self, space: str, address: str) -> str:
        """The interface that the routing tables give for an address; "" for none."""
        to = ip_address(address)
        best = (-1, "")
        for route in self.survey.routes(space):
            if route.kind != "unicast" or (route.family == socket.AF_INET6) != (to.version == 6):
                continue
            if route.destination == "default":
                best = max(best, (0, route.device))
                continue
            network = ip_network(route.destination, strict=False)
            if to in network:
                best = max(best, (network.prefixlen, route.device))
        return best[1]


def _translated(last: Event) -> str:
    """Where it is to go to, also if its last rule has only just decided that."""
    found = _TARGET.search(last.rule.text) if last.rule and last.verdict == "dnat" else None
    return found[1] if found else last.packet.dst


def _no_hairpin(bridge: str, port: str) -> Reason:
    text = f"the bridge {bridge} will not send a frame back out of the port that it came in by"
    return f"{text} ({port}: hairpin is off)", "L2.HAIRPIN_OFF"


def _end(address: str, port: int) -> str:
    return f"{address}:{port}" if port else address
