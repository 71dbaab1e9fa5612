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
from ..said import said
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
        table = f"{rule.family} {rule.table}"
        if last.kind == "policy":
            what = said("the policy in chain {chain} of table {table}",
                        chain=rule.chain, table=table)  # fmt: skip
        else:
            what = said("rule {handle} in chain {chain} of table {table}",
                        handle=rule.handle, chain=rule.chain, table=table)  # fmt: skip
            if rule.caption:
                what = said("{rule} ({caption})", rule=what, caption=rule.caption)
        if last.verdict == "reject":
            return said("refused by {what}", what=what), ""
        return said("dropped by {what}", what=what), ""

    def _nobody(self, asked: Question) -> Reason:
        address = asked.address
        gateway = address in {route.via for route in self.survey.routes(asked.space)}
        blanks = {"address": address, "device": asked.device, "space": asked.space or "host"}
        if gateway:
            text = said("nobody answered for the next hop {address} on {device} of {space}",
                        **blanks)  # fmt: skip
        else:
            text = said("nobody answered for the address {address} on {device} of {space}",
                        **blanks)  # fmt: skip
        if asked.asker.startswith("127."):
            text = said("{text}: it was asked in the name of {asker}",
                        text=text, asker=asked.asker)  # fmt: skip
            return text, "NAT.LOCAL_SRC"
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
                    why = said("it was told to") if "STATIC" in wrong.id else said("it remembers")
                    text = said(
                        "{label} has sent it to {sent} for {address}, as {why},"
                        " but {address} has {own}: nobody takes it",
                        label=last.label, sent=sent, address=address, why=why, own=wrong.own,
                    )  # fmt: skip
                    return text, wrong.id
            return None
        return None

    def _gone(self, last: Event) -> Reason:
        """It went out by a cable, and nobody saw it at the other end."""
        device = self.survey.interfaces(last.space).get(last.device)
        end = self.survey.other_end(device) if device else None
        if device and end is None:
            text = said("it left by {device} of {label}, and nothing came back",
                        device=device.name, label=last.label)  # fmt: skip
            hidden = not ip_address(last.packet.src).is_private
            outside = not ip_address(last.packet.dst).is_private
            if outside and not hidden:
                text = said("{text}: nobody out there knows {address}",
                            text=text, address=last.packet.src)  # fmt: skip
                return text, "NAT.NO_MASQ"
            return text, ""
        if end and not end.up:
            text = said("the other end of the cable, {device} of {space}, is down",
                        device=end.name, space=end.space or "host")  # fmt: skip
            return text, "L1.PEER_DOWN"
        text = said("it was seen last as it left {label} by {device}",
                    label=last.label, device=last.device)  # fmt: skip
        return text, ""

    def _port(self, passage: Event, last: Event) -> Reason | None:
        """It came in at a port of a bridge, which did not pass it on; `last` is what netfilter
        told after that, if it did (br_netfilter)."""
        device = self.survey.interfaces(passage.space).get(passage.device)
        above = self.survey.interface_at(passage.space, device.master) if device else None
        if device is None or above is None or above.kind != "bridge":
            return None
        if not above.up:
            return said("the bridge {bridge} is down", bridge=above.name), "L2.BRIDGE_DOWN"
        names = {"port": device.name, "bridge": above.name}
        if device.port.get("state", 3) != 3:
            return said("the port {port} of the bridge {bridge} does not forward", **names), ""
        if device.port.get("isolated"):
            text = said(
                "the port {port} of {bridge} is isolated: it may not talk to other isolated ports",
                **names,
            )
            return text, ""
        macs = {passage.packet.macs[1], *self._macs(passage.space, _translated(last))}
        behind = [e.device for e in self.survey.fdb(passage.space) if e.mac in macs]
        if device.name in behind and not device.port.get("hairpin"):
            return _no_hairpin(above.name, device.name)
        return said("the bridge {bridge} did not pass it on from its port {port}", **names), ""

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
        text = said(
            "the answer comes from {source}, but {label} has called {called}:"
            " it did not pass where the address was translated",
            source=_end(now.src, now.sport),
            label=last.label,
            called=_end(began.dst, began.dport),
        )
        return text, "NAT.BRNF_SHORTCUT"

    def _stack(self, last: Event, began: Packet) -> Reason:
        """It came into an IP stack, and neither went on nor was answered."""
        space, packet, label = last.space, last.packet, last.label
        came = {"label": label, "source": packet.src, "device": last.device}
        if packet.src.startswith("127.") and last.device != "lo":
            text = said("{label} takes no packets from {source} by {device}", **came)
            return text, "NAT.LOCAL_SRC"
        if self.local(space, packet.src) and last.device != "lo":
            text = said("{label} takes no packets from its own address {source} by {device}",
                        **came)  # fmt: skip
            return text, "NAT.HAIRPIN_NO_MASQ"
        if self.local(space, packet.dst):
            return self._unanswered(last, began)
        six = ":" in packet.dst
        knob = "net.ipv6.conf.all.forwarding" if six else "net.ipv4.ip_forward"
        if self.survey.sysctl(space, knob) == "0":
            text = said("{label} is no router: {sysctl} is 0, and {to} is not its own address",
                        label=label, sysctl=knob, to=packet.dst)  # fmt: skip
            return text, "L3.FORWARD_OFF"
        return self._not_forwarded(last)

    def _not_forwarded(self, last: Event) -> Reason:
        """It came into a router."""
        to = last.packet.dst
        forbidding = self._forbidding(last.space, to)
        if forbidding:
            text = said("{label} did not pass it on: a route of it says {route} for {to}",
                        label=last.label, route=forbidding, to=to)  # fmt: skip
            return text, "L3.ROUTE_FORBIDS"
        if not self._way(last.space, to):
            text = said("{label} did not pass it on: it has no route to {to}",
                        label=last.label, to=to)  # fmt: skip
            return text, ""
        text = said(
            "{label} did not pass it on, though it has a route to {to}: perhaps by a"
            " firewall that nftables does not show (iptables-legacy, ingress hooks, eBPF)",
            label=last.label, to=to,
        )  # fmt: skip
        return self._source_check(last) or (text, "")

    def _unanswered(self, last: Event, began: Packet) -> Reason:
        packet, label = last.packet, last.label
        back = self._way(last.space, packet.src)
        if last.leg == "request" and not back and not self.local(last.space, packet.src):
            text = said("{label} got it, and knows no way back to {source}",
                        label=label, source=packet.src)  # fmt: skip
            return text, "NAT.NO_MASQ" if packet.src == began.src else ""
        if packet.protocol == "udp":
            silent = said("{label} got it; its program has not answered", label=label)
        else:
            silent = said("{label} got it; it has not answered", label=label)
        return self._source_check(last) or (silent, "")

    def _source_check(self, last: Event) -> Reason | None:
        """rp_filter: strict (1) wants the way back by the same interface, loose (2) any."""
        names = (f"net.ipv4.conf.{each}.rp_filter" for each in ("all", last.device))
        modes = [self.survey.sysctl(last.space, name) or "0" for name in names]
        back = self._way(last.space, last.packet.src)
        if ":" in last.packet.src or last.device == "lo" or back == last.device:
            return None
        if max(modes) == "1" or (max(modes) == "2" and not back):
            text = said(
                "{label} checks sources (rp_filter): it came by {device}, and the way"
                " back to {source} is {where}",
                label=last.label,
                device=last.device,
                source=last.packet.src,
                where=said("by {device}", device=back) if back else said("unknown"),
            )
            return text, ""
        return None

    def _sender(self, last: Event) -> Reason:
        if self._lo_down(last.space, last.packet.dst):
            text = said("lo of {label} is down: it cannot even talk to itself", label=last.label)
            return text, "L1.LO_DOWN"
        if last.hook == "output" and last.verdict == "dnat" and last.packet.src.startswith("127."):
            text = said("{label} sends nothing from {source} to others (route_localnet is 0)",
                        label=last.label, source=last.packet.src)  # fmt: skip
            return text, "SYSCTL.ROUTE_LOCALNET"
        if last.hook:
            return said("it passed the rules of {label}, but did not leave", label=last.label), ""
        return said("it was seen last in {label}", label=last.label), ""

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
        text = said("{label}'s kernel refuses to send it: {why}",
                    label=source.label, why=os.strerror(outcome.errno))  # fmt: skip
        if self._lo_down(source.space, order.address):
            return said("{text} (lo is down)", text=text), "L1.LO_DOWN"
        if outcome.errno != errno.ENETUNREACH:
            return text, ""
        family = socket.AF_INET6 if ":" in order.address else socket.AF_INET
        routes = [r for r in self.survey.routes(source.space) if r.family == family]
        if any(route.destination == "default" for route in routes):
            return text, ""
        text = said("{text} (no route to {to}, and no default route)",
                    text=text, to=order.address)  # fmt: skip
        return text, "L3.NO_DEFAULT"

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
    text = said(
        "the bridge {bridge} will not send a frame back out of the port that it came in by"
        " ({port}: hairpin is off)",
        bridge=bridge,
        port=port,
    )
    return text, "L2.HAIRPIN_OFF"


def _end(address: str, port: int) -> str:
    return f"{address}:{port}" if port else address
