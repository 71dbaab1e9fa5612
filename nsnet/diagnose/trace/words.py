"""What the events of a traced walk say."""

from __future__ import annotations

from ..walk import Packet, Rule
from .legs import ERROR, REPLY, REQUEST
from .sights import Passage, Question

_WHAT = {"tcp": "call", "udp": "datagram", "icmp": "ping"}
_DOES = {
    "accept": "lets it pass this chain",
    "drop": "drops it",
    "reject": "refuses it and tells the sender",
    "dnat": "gives it another destination",
    "redirect": "gives it another destination, on this machine",
    "snat": "gives it another source address",
    "masquerade": "gives it the source address of the interface that it leaves by",
    "return": "ends this chain",
    "continue": "matches; the next rule is asked",
    "queue": "hands it to a program",
}


def begins(leg: str, packet: Packet, label: str) -> str:
    """The first event of a leg."""
    if leg == REQUEST:
        return f"{label} sends a {_WHAT.get(packet.protocol, 'packet')}: {packet}"
    if leg == ERROR:
        return f"{label} tells the sender what is wrong: {packet}"
    if "R" in packet.flags:
        return f"{label} refuses the call with a reset: {packet}"
    return f"{label} answers: {packet}"


def delivered(leg: str, packet: Packet, label: str, answer: Packet | None) -> str:
    """Who gets it."""
    if leg != REQUEST:
        return f"{label} has its answer" if leg == REPLY else f"{label} is told"
    if packet.protocol == "icmp":
        return f"it is for {label} itself: the kernel answers pings"
    if answer is not None and "R" in answer.flags:
        return f"it is for {label}, where nobody listens on port {packet.dport}"
    return f"the program that listens on port {packet.dport} of {label} gets it"


def rewritten(leg: str, before: Packet, now: Packet) -> str:
    """What address translation has changed."""
    parts = []
    if (before.dst, before.dport) != (now.dst, now.dport):
        parts.append(f"destination {_end(before, True)} becomes {_end(now, True)}")
    if (before.src, before.sport) != (now.src, now.sport):
        parts.append(f"source {_end(before, False)} becomes {_end(now, False)}")
    if not parts:
        return f"the packet is another now: {now}"
    back = "the translation is undone for the answer: " if leg != REQUEST else ""
    return back + ", ".join(parts)


def _end(packet: Packet, destination: bool) -> str:
    host, port = (packet.dst, packet.dport) if destination else (packet.src, packet.sport)
    host = f"[{host}]" if ":" in host and port else host
    return f"{host}:{port}" if port else host


def routed(label: str, device: str, via: str) -> str:
    """What the routing table said."""
    hop = f" to the next hop {via}" if via else ""
    return f"{label}'s routing table sends it on by {device}{hop}"


def hook(name: str, chain: str) -> str:
    """A base chain that it enters."""
    return f"{name or 'a hook'}: chain {chain}"


def rule(rule: Rule, verdict: str) -> str:
    """What a rule does with it."""
    word, _, chain = verdict.partition(" ")
    does = f"sends it to chain {chain}" if chain else _DOES.get(word, word)
    return f"{rule.caption}: {does}" if rule.caption else f"a rule {does}"


def policy(verdict: str, hook: str) -> str:
    """The end of a base chain."""
    does = "drops it" if verdict == "drop" else "lets it pass"
    return f"no rule has decided: the policy of the chain {does}"


def bridged(bridge: str, port: str) -> str:
    """What a bridge does."""
    return f"the bridge {bridge} passes it on by its port {port}"


def passage(passage: Passage, label: str, kind: str, beyond: str) -> str:
    """Out or in by an interface of some `kind`; `beyond` is the other end of a cable."""
    where = f", in a VXLAN datagram {passage.carried}" if passage.carried else ""
    device = passage.device
    if passage.out and passage.port:
        return f"leaves the bridge {passage.master} by {device}" + f" towards {beyond}" * bool(
            beyond
        )
    if passage.out:
        if kind == "bridge":
            return f"{label} hands it to its bridge {device}"
        return f"leaves {label} by {device}" + f" towards {beyond}" * bool(beyond) + where
    if passage.port:
        return f"enters the bridge {passage.master} by {device}"
    if kind == "bridge":
        return f"is for {label} itself: the bridge {device} hands it up"
    return f"comes into {label} by {device}{where}"


def asked(question: Question) -> str:
    """A question for a neighbour."""
    who = f"{question.device} asks who has {question.address}"
    if question.mac:
        return f"{who}: {question.mac} has it"
    times = f" ({question.times} times)" if question.times > 1 else ""
    return f"{who}{times}: nobody answers"
