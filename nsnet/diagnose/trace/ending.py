"""How a walk ends, and why where nothing came back."""

from __future__ import annotations

import errno
import os
import socket
from ipaddress import ip_address, ip_network

from ...kernel.survey import Survey
from ...kernel.trace import Order, Outcome
from ...value import replace
from ..place import Place
from ..walk import Event
from .sights import Question


def answer(outcome: Outcome, protocol: str) -> str:
    """What came back, in words."""
    took = f" in {outcome.seconds * 1000:.1f} ms"
    if outcome.code == "answered":
        what = {"icmp": "echo reply", "tcp": "connection established"}.get(protocol, "an answer")
        return what + took
    by = f" (from {outcome.by})" if outcome.by else ""
    if outcome.code == "refused":
        return f"connection refused{by}{took}"
    if not outcome.sent:
        why = os.strerror(outcome.errno) if outcome.errno else outcome.code
        return f"the sender's own kernel refuses: {why}"
    if outcome.code == "timeout":
        return f"no answer within {outcome.seconds:.1f} s" if outcome.seconds > 0.5 else "no answer"
    return f"{os.strerror(outcome.errno) if outcome.errno else outcome.code}{by}{took}"


def kind(outcome: Outcome) -> str:
    """One of the outcomes of walks."""
    if outcome.code == "answered":
        return "answered"
    if not outcome.sent:
        return "unsent"
    lost = outcome.code == "timeout" or (outcome.errno == errno.EHOSTUNREACH and not outcome.by)
    return "lost" if lost else "refused"


class Autopsy:
    """Why a packet got no further than where it was seen last."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

    def reason(self, events: list[Event], asked: list[Question]) -> tuple[str, str]:
        """(the reason in words, a diagnosis id or "") for a packet with these `events`; `asked`
        are the questions for neighbours that nobody answered."""
        last = events[-1]
        if last.kind in ("rule", "policy") and last.verdict in ("drop", "reject"):
            return self._by_rule(last)
        if asked:
            return self._nobody(asked[-1])
        passages = [each for each in events if each.kind in ("out", "in")]
        if not passages or last.hook in ("output", "postrouting"):
            return self._sender(last)
        passage = passages[-1]
        if passage.kind == "out":
            return self._gone(passage)
        return self._port(passage) or self._stack(replace(passage, packet=last.packet))

    def _by_rule(self, last: Event) -> tuple[str, str]:
        assert last.rule is not None
        rule = last.rule
        where = f"chain {rule.chain} of table {rule.family} {rule.table}"
        what = "the policy" if last.kind == "policy" else f"rule {rule.handle}"
        verb = "refused" if last.verdict == "reject" else "dropped"
        caption = f" ({rule.caption})" if rule.caption and last.kind == "rule" else ""
        return f"{verb} by {what} in {where}{caption}", ""

    def _nobody(self, asked: Question) -> tuple[str, str]:
        address = asked.address
        gateway = address in {route.via for route in self.survey.routes(asked.space)}
        what = "the next hop" if gateway else "the address"
        where = f"{asked.device} of {asked.space or 'host'}"
        text = f"nobody answered for {what} {address} on {where}"
        return text, "L3.GW_UNREACHABLE" if gateway else ""

    def _gone(self, last: Event) -> tuple[str, str]:
        """It went out by a cable, and nobody saw it at the other end."""
        device = self.survey.interfaces(last.space).get(last.device)
        end = self.survey.other_end(device) if device else None
        if device and end is None:
            return (f"it left by {device.name} of {last.label}, and nothing came back", "")
        if end and not end.up:
            return (
                f"the other end of the cable, {end.name} of {end.space or 'host'}, is down",
                "L1.PEER_DOWN",
            )
        return f"it was seen last as it left {last.label} by {last.device}", ""

    def _port(self, last: Event) -> tuple[str, str] | None:
        """It came in at a port of a bridge, which did not pass it on."""
        device = self.survey.interfaces(last.space).get(last.device)
        above = self.survey.interface_at(last.space, device.master) if device else None
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
        there = [e for e in self.survey.fdb(last.space) if e.mac == last.packet.macs[1]]
        if any(e.device == device.name for e in there) and not device.port.get("hairpin"):
            return (
                f"the bridge {above.name} will not send a frame back out of the port that it"
                f" came in by ({device.name})",
                "L2.HAIRPIN_OFF",
            )
        return f"the bridge {above.name} did not pass it on from its port {device.name}", ""

    def _stack(self, last: Event) -> tuple[str, str]:
        """It came into an IP stack, and neither went on nor was answered."""
        space, packet = last.space, last.packet
        family = 6 if ":" in packet.dst else 4
        if self.local(space, packet.dst):
            return self._unanswered(last)
        knob = "net.ipv6.conf.all.forwarding" if family == 6 else "net.ipv4.ip_forward"
        if self.survey.sysctl(space, knob) == "0":
            return (
                f"{last.label} is no router: {knob} is 0, and {packet.dst} is not its own address",
                "L3.FORWARD_OFF",
            )
        if family == 4 and packet.src.startswith("127.") and last.device != "lo":
            return (
                f"{last.label} takes no packets from {packet.src} by {last.device}",
                "NAT.LOCAL_SRC",
            )
        if self.local(space, packet.src):
            return (
                f"{last.label} takes no packets from its own address {packet.src} by {last.device}",
                "NAT.HAIRPIN_NO_MASQ",
            )
        if family == 4 and self._filtered(space, last.device):
            return (
                f"{last.label} came no further with it: it has no route, or its check of"
                f" sources (rp_filter) wants {packet.src} by another interface than"
                f" {last.device}",
                "",
            )
        return f"{last.label} did not pass it on: it has no route to {packet.dst}", ""

    def _unanswered(self, last: Event) -> tuple[str, str]:
        packet, label = last.packet, last.label
        if self.local(last.space, packet.src) and last.device != "lo":
            return (
                f"{label} takes no packets from its own address {packet.src} by {last.device}",
                "NAT.HAIRPIN_NO_MASQ",
            )
        if packet.src.startswith("127.") and last.device != "lo":
            return f"{label} takes no packets from {packet.src} by {last.device}", "NAT.LOCAL_SRC"
        if self._filtered(last.space, last.device) and not self._way_back(last):
            return (
                f"{label} checks sources (rp_filter): the way back to {packet.src} is not by"
                f" {last.device}",
                "",
            )
        if packet.protocol == "udp":
            return f"{label} got it; its program has not answered", ""
        return f"{label} got it, and has not answered", ""

    def _sender(self, last: Event) -> tuple[str, str]:
        if self._lo_down(last.space, last.packet.dst):
            return f"lo of {last.label} is down: it cannot even talk to itself", "L1.LO_DOWN"
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

    def unsent(self, source: Place, order: Order, outcome: Outcome) -> tuple[str, str]:
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

    def _filtered(self, space: str, device: str) -> bool:
        names = (f"net.ipv4.conf.{each}.rp_filter" for each in ("all", device))
        return any(self.survey.sysctl(space, name) in ("1", "2") for name in names)

    def _way_back(self, last: Event) -> bool:
        """Is there a route to the sender by the interface that it came by?"""
        sender = ip_address(last.packet.src)
        best = (-1, "")
        for route in self.survey.routes(last.space):
            if route.destination == "default":
                best = max(best, (0, route.device))
                continue
            network = ip_network(route.destination, strict=False)
            if network.version == sender.version and sender in network:
                best = max(best, (network.prefixlen, route.device))
        return best[1] == last.device
