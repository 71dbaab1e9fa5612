"""What a rule can ask of a packet: header fields, interfaces, conntrack, the routing table.

A field answers with a number, an address, a word or a set of words; with `ABSENT` if this
packet has no such field (then a rule does not match, whatever its operator), with `UNKNOWN` if
it cannot be known here.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

from ..walk import Packet
from .subject import Flow, Subject


class _Nothing:
    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = _Nothing("ABSENT")
UNKNOWN: Final = _Nothing("UNKNOWN")

#: A word for each number of a protocol, as nft writes it, and the other way round.
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "ipv6-icmp": 58, "sctp": 132}
FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32}
FLAG_WORDS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128}
ICMP = {
    "echo-reply": 0, "destination-unreachable": 3, "redirect": 5, "echo-request": 8,
    "router-advertisement": 9, "router-solicitation": 10, "time-exceeded": 11,
    "parameter-problem": 12, "timestamp-request": 13, "timestamp-reply": 14,
}  # fmt: skip
ICMP6 = {
    "destination-unreachable": 1, "packet-too-big": 2, "time-exceeded": 3, "parameter-problem": 4,
    "echo-request": 128, "echo-reply": 129, "nd-router-solicit": 133, "nd-router-advert": 134,
    "nd-neighbor-solicit": 135, "nd-neighbor-advert": 136,
}  # fmt: skip
#: What the word that a `Packet` has for an ICMP message is in the header: type, code.
_ERRORS = {
    "net-unreachable": (3, 0), "host-unreachable": (3, 1), "prot-unreachable": (3, 2),
    "port-unreachable": (3, 3), "too-big": (3, 4), "admin-prohibited": (3, 13),
    "time-exceeded": (11, 0),
}  # fmt: skip
_ERRORS6 = {
    "no-route": (1, 0), "net-unreachable": (1, 0), "admin-prohibited": (1, 1),
    "addr-unreachable": (1, 3), "host-unreachable": (1, 3), "port-unreachable": (1, 4),
    "time-exceeded": (3, 0), "too-big": (2, 0),
}  # fmt: skip
ETHER = {"ip": 0x0800, "arp": 0x0806, "ip6": 0x86DD, "vlan": 0x8100}
NOBODY = ""

Field = Callable[[Subject], Any]


def _address(text: str) -> IPv4Address | IPv6Address:
    return ip_address(text)


def number(packet: Packet) -> int:
    """The protocol of a packet; a walk calls ICMP by one word for both families."""
    six = ":" in packet.src
    return PROTOCOLS["icmpv6" if six and packet.protocol == "icmp" else packet.protocol]


def meta(key: str, subject: Subject) -> Any:
    """A ``meta`` expression."""
    made = _META.get(key)
    return made(subject) if made else UNKNOWN


def _bare_name(device: Any) -> str:
    return device.name if device else NOBODY


def _type(device: Any) -> Any:
    if device is None:
        return ABSENT
    return "loopback" if device.loopback else "ether"


_META: dict[str, Field] = {
    "iif": lambda s: _bare_name(s.iif),
    "oif": lambda s: _bare_name(s.oif),
    "iifname": lambda s: _bare_name(s.iif),
    "oifname": lambda s: _bare_name(s.oif),
    "iiftype": lambda s: _type(s.iif),
    "oiftype": lambda s: _type(s.oif),
    "iifgroup": lambda s: s.iif.group if s.iif else ABSENT,
    "oifgroup": lambda s: s.oif.group if s.oif else ABSENT,
    "iifkind": lambda s: s.iif.kind if s.iif else ABSENT,
    "oifkind": lambda s: s.oif.kind if s.oif else ABSENT,
    "l4proto": lambda s: ABSENT if s.family == "arp" else number(s.packet),
    "nfproto": lambda s: {"ip": "ipv4", "ip6": "ipv6"}.get(s.family, ABSENT),
    "protocol": lambda s: ETHER[s.family],
    "mark": lambda s: s.mark,
    "pkttype": lambda s: s.kind,
    "length": lambda s: s.packet.size or UNKNOWN,
    "ibrname": lambda s: s.bridges[0],
    "obrname": lambda s: s.bridges[1],
}


def payload(body: dict[str, Any], subject: Subject) -> Any:
    """A field of a header."""
    protocol, name = body.get("protocol"), body.get("field", "")
    if protocol == "ether":
        return _ether(name, subject)
    if protocol in ("ip", "ip6"):
        return _network(name, subject) if protocol == subject.family else ABSENT
    if protocol in ("tcp", "udp", "th", "icmp", "icmpv6"):
        return ABSENT if subject.family == "arp" else _transport(protocol, name, subject.packet)
    if protocol in ("sctp", "dccp", "udplite", "ah", "esp", "comp", "arp", "vlan", "igmp"):
        return ABSENT if subject.family != "arp" else UNKNOWN
    return UNKNOWN


def _ether(name: str, subject: Subject) -> Any:
    if name == "type":
        return ETHER[subject.family]
    mac = subject.packet.macs[0 if name == "saddr" else 1]
    return mac.lower() if mac else UNKNOWN


def _network(name: str, subject: Subject) -> Any:
    packet = subject.packet
    if name == "saddr":
        return _address(packet.src)
    if name == "daddr":
        return _address(packet.dst)
    if name in ("protocol", "nexthdr"):
        return number(packet)
    if name in ("ttl", "hoplimit"):
        return packet.ttl or UNKNOWN
    known = {"version": 4 if subject.family == "ip" else 6, "length": packet.size or UNKNOWN}
    return known.get(name, UNKNOWN)


def _transport(protocol: str, name: str, packet: Packet) -> Any:
    ported = packet.protocol in ("tcp", "udp")
    if protocol == "th":
        ports = {"sport": packet.sport, "dport": packet.dport} if ported else {}
        return ports.get(name, UNKNOWN)
    if number(packet) != PROTOCOLS[protocol]:
        return ABSENT
    if protocol in ("icmp", "icmpv6"):
        return _icmp(name, packet)
    if name == "flags":
        return sum(FLAGS.get(each, 0) for each in packet.flags)
    return {"sport": packet.sport, "dport": packet.dport}.get(name, UNKNOWN)


def _icmp(name: str, packet: Packet) -> Any:
    types, errors = (ICMP, _ERRORS) if number(packet) == 1 else (ICMP6, _ERRORS6)
    found = errors.get(packet.flags)
    if found is None and packet.flags in types:
        found = (types[packet.flags], 0)
    if found is None or name not in ("type", "code"):
        return UNKNOWN
    return found[1] if name == "code" else _word(types, found[0])


def _word(words: dict[str, int], number: int) -> str:
    return next(word for word, each in words.items() if each == number)


def conntrack(body: dict[str, Any], subject: Subject) -> Any:
    """A ``ct`` expression."""
    key, flow = body["key"], subject.flow
    if key == "state":
        return {subject.state}
    if flow is None:
        return ABSENT
    if key == "status":
        return set(flow.status)
    if key == "direction":
        return subject.direction
    if key == "mark":
        return flow.mark
    return _tuple(key, body.get("dir", subject.direction), flow, subject)


def _tuple(key: str, direction: str, flow: Flow, subject: Subject) -> Any:
    packet = flow.original if direction == "original" else flow.answer
    name = key.split()[-1]
    if key.startswith("ip ") and subject.family != "ip":
        return ABSENT
    if key.startswith("ip6 ") and subject.family != "ip6":
        return ABSENT
    if name in ("saddr", "daddr"):
        return _address(packet.src if name == "saddr" else packet.dst)
    known = {
        "proto-src": packet.sport,
        "proto-dst": packet.dport,
        "protocol": number(packet),
        "l3proto": "ipv4" if subject.family == "ip" else "ipv6",
    }
    return known.get(name, UNKNOWN)


def fib(body: dict[str, Any], subject: Subject) -> Any:
    """A ``fib`` expression: what the routing table says of an address of the packet."""
    flags = body["flags"]
    flags = {flags} if isinstance(flags, str) else set(flags)
    if subject.sight is None or subject.family == "arp" or "mark" in flags:
        return UNKNOWN
    address = subject.packet.dst if "daddr" in flags else subject.packet.src
    device = subject.iif if "iif" in flags else subject.oif if "oif" in flags else None
    if body["result"] == "type":
        return subject.sight.kind(address, device.name if device else "")
    found = subject.sight.way(address)
    return found if not device or found == device.name else ""
