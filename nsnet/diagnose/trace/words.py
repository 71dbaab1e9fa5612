"""What the events of a traced walk say."""

from __future__ import annotations

from ..said import Said, said
from ..walk import Packet, Rule
from .legs import ERROR, REPLY, REQUEST
from .sights import Passage, Question

_WHAT = {"tcp": said("call"), "udp": said("datagram"), "icmp": said("ping")}
_DOES = {
    "accept": said("lets it pass this chain"),
    "drop": said("drops it"),
    "reject": said("refuses it and tells the sender"),
    "dnat": said("gives it another destination"),
    "redirect": said("gives it another destination, on this machine"),
    "snat": said("gives it another source address"),
    "masquerade": said("gives it the source address of the interface that it leaves by"),
    "return": said("ends this chain"),
    "continue": said("matches; the next rule is asked"),
    "queue": said("hands it to a program"),
}


def begins(leg: str, packet: Packet, label: str) -> Said:
    """The first event of a leg."""
    shown = _shown(packet)
    if leg == REQUEST:
        what = _WHAT.get(packet.protocol, said("packet"))
        return said("{label} sends a {what}: {packet}", label=label, what=what, packet=shown)
    if leg == ERROR:
        return said("{label} tells the sender what is wrong: {packet}", label=label, packet=shown)
    if "R" in packet.flags:
        return said("{label} refuses the call with a reset: {packet}", label=label, packet=shown)
    return said("{label} answers: {packet}", label=label, packet=shown)


def _shown(packet: Packet) -> str:
    if packet.src:
        return str(packet)
    protocol, _, to = str(packet).partition(" (no address) ")
    return said("{protocol} (no address) {to}", protocol=protocol, to=to)


def delivered(leg: str, packet: Packet, label: str, answer: Packet | None) -> Said:
    """Who gets it."""
    if leg == REPLY:
        return said("{label} has its answer", label=label)
    if leg != REQUEST:
        return said("{label} is told", label=label)
    if packet.protocol == "icmp":
        return said("it is for {label} itself: the kernel answers pings", label=label)
    if answer is not None and "R" in answer.flags:
        return unheard(label, packet.dport)
    return said(
        "the program that listens on port {port} of {label} gets it", port=packet.dport, label=label
    )


def unheard(label: str, port: int) -> Said:
    """It has come to a port where no program listens."""
    return said("it is for {label}, where nobody listens on port {port}", label=label, port=port)


def rewritten(leg: str, before: Packet, now: Packet) -> Said:
    """What address translation has changed."""
    changed = _changed(before, now)
    if leg == REQUEST or (before.header[1:5] == now.header[1:5]):
        return changed
    return said("the translation is undone for the answer: {changed}", changed=changed)


def _changed(before: Packet, now: Packet) -> Said:
    ends = {
        "dst": _end(before, True), "new_dst": _end(now, True),
        "src": _end(before, False), "new_src": _end(now, False),
    }  # fmt: skip
    to = (before.dst, before.dport) != (now.dst, now.dport)
    by = (before.src, before.sport) != (now.src, now.sport)
    if to and by:
        return said(
            "destination {dst} becomes {new_dst}, source {src} becomes {new_src}",
            **ends,
        )
    if to:
        return said("destination {dst} becomes {new_dst}", **ends)
    if by:
        return said("source {src} becomes {new_src}", **ends)
    return said("the packet is another now: {now}", now=str(now))


def _end(packet: Packet, destination: bool) -> str:
    host, port = (packet.dst, packet.dport) if destination else (packet.src, packet.sport)
    host = f"[{host}]" if ":" in host and port else host
    return f"{host}:{port}" if port else host


def routed(label: str, device: str, via: str) -> Said:
    """What the routing table said."""
    if not via:
        return said("{label}'s routing table sends it on by {device}", label=label, device=device)
    return said(
        "{label}'s routing table sends it on by {device} to the next hop {via}",
        label=label, device=device, via=via,
    )  # fmt: skip


def hook(name: str, chain: str) -> Said:
    """A base chain that it enters. Its name is the last word, in every language."""
    return said("{hook}: chain {chain}", hook=name or said("a hook"), chain=chain)


def rule(rule: Rule, verdict: str) -> Said:
    """What a rule does with it."""
    word, _, chain = verdict.partition(" ")
    does = said("sends it to chain {chain}", chain=chain) if chain else _DOES.get(word, word)
    if rule.caption:
        return said("{caption}: {does}", caption=rule.caption, does=does)
    return said("a rule {does}", does=does)


def policy(verdict: str, hook: str) -> Said:
    """The end of a base chain."""
    if verdict == "drop":
        return said("no rule has decided: the policy of the chain drops it")
    return said("no rule has decided: the policy of the chain lets it pass")


def bridged(bridge: str, port: str) -> Said:
    """What a bridge does."""
    return said("the bridge {bridge} passes it on by its port {port}", bridge=bridge, port=port)


def passage(passage: Passage, label: str, kind: str, beyond: str) -> Said:
    """Out or in by an interface of some `kind`; `beyond` is the other end of a cable."""
    bridge = passage.master if passage.port else ""
    way = leaves if passage.out else enters
    text = way(label, passage.device, bridge=bridge, own=kind == "bridge", beyond=beyond)
    if not passage.carried or passage.port or kind == "bridge":
        return text
    return said("{text}, in a VXLAN datagram {carried}", text=text, carried=passage.carried)


def leaves(label: str, device: str, *, bridge: str, own: bool, beyond: str) -> Said:
    """Out by an interface: a port of a `bridge`, the stack's `own` bridge, or another."""
    if own and not bridge:
        return said("{label} hands it to its bridge {device}", label=label, device=device)
    if bridge:
        text = said("leaves the bridge {bridge} by {device}", bridge=bridge, device=device)
    else:
        text = said("leaves {label} by {device}", label=label, device=device)
    return said("{text} towards {beyond}", text=text, beyond=beyond) if beyond else text


def enters(label: str, device: str, *, bridge: str, own: bool, beyond: str = "") -> Said:
    """In by an interface."""
    if bridge:
        return said("enters the bridge {bridge} by {device}", bridge=bridge, device=device)
    if own:
        return said("is for {label} itself: the bridge {device} hands it up",
                    label=label, device=device)  # fmt: skip
    return said("comes into {label} by {device}", label=label, device=device)


def end_of(device: str, label: str) -> Said:
    """The other end of a cable."""
    return said("{device} of {label}", device=device, label=label)


def asked(question: Question) -> Said:
    """A question for a neighbour."""
    device, address = question.device, question.address
    if question.mac:
        return found(device, address, question.mac)
    if question.times > 1:
        return said("{device} asks who has {address} ({times} times): nobody answers",
                    device=device, address=address, times=question.times)  # fmt: skip
    return unanswered(device, address)


def found(device: str, address: str, mac: str) -> Said:
    """A neighbour has answered."""
    return said(
        "{device} asks who has {address}: {mac} has it", device=device, address=address, mac=mac
    )


def unanswered(device: str, address: str) -> Said:
    """No neighbour has answered."""
    return said("{device} asks who has {address}: nobody answers", device=device, address=address)
