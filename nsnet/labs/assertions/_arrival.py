"""Does a packet get there, whatever becomes of the answer?

A filter that only stops the answers lets the request in: a single datagram is enough to carry data
away. So a packet is followed, and its arrival counts.
"""

from __future__ import annotations

from ...diagnose.findings import Broken
from ...diagnose.ladder.rules import Placed, does, matches, placed
from ...diagnose.ladder.see import at as command_at
from ...diagnose.nft import Ruleset, Subject
from ...diagnose.nft.values import Reader
from ...diagnose.texts.told import told
from ...diagnose.walk import Event, Walk
from ...kernel.survey.model import Interface
from ...value import Value
from ..situation import Situation

#: So long a packet is followed that does not arrive, in seconds.
WAIT = 0.3


class Arrival(Value):
    """What became of a packet from one room to another. `line` says it in words."""

    source: str
    target: str
    walk: Walk
    arrived: bool
    line: str

    @property
    def stopped(self) -> Event | None:
        """The rule, or the policy of a chain, that stopped it."""
        ends = [e for e in self.walk.events if e.rule and e.verdict in ("drop", "reject")]
        return ends[0] if ends and ends[0].leg == "request" else None

    @property
    def answer_stopped(self) -> Event | None:
        """The rule that stopped the answer to it."""
        ends = [e for e in self.walk.events if e.rule and e.verdict in ("drop", "reject")]
        return ends[0] if ends and ends[0].leg == "reply" else None


def send(at: Situation, source: str, target: str, address: str, by: str) -> Arrival:
    """Send a packet from the room `source` to an address of the room `target`, and follow it. `by`
    is ping, or tcp:PORT."""
    kind, _, port = by.partition(":")
    to = f"{address}:{port}" if port else address
    walk = at.trace(source, to, kind, timeout=WAIT).walk
    there = at.key(target)
    came = any(e.space == there and e.kind == "in" for e in walk.events if e.leg == "request")
    arrived = came or walk.outcome == "answered"
    end = told(walk.answer, at.language) if walk.outcome == "answered" else ""
    became = at.say("arrived" if arrived else "not-arrived") + (f", {end}" if end else "")
    return Arrival(source, target, walk, arrived, f"{source} → {to} ({kind}): {became}")


def elsewhere(at: Situation, walk: Walk, wanted: str) -> Broken | None:
    """Has a packet that did not arrive been seen last in another room than `wanted`? One that waits
    for a neighbour has not been sent: the question for its address was stopped on its way."""
    last = [e for e in walk.events if e.leg == "request"][-2:]
    if not last or last[-1].space == at.key(wanted) or _waits(walk, last):
        return None
    start, to = walk.source.label, last[-1].packet.dst
    facts = {"space": last[-1].label, "wanted": wanted, "from": start, "to": to}
    return Broken("FLT.ELSEWHERE", "filter", facts, (f"nsnet trace {start} {to}",))


def _waits(walk: Walk, last: list[Event]) -> bool:
    """Has the sender's kernel taken the packet, and no rule, and has it not gone out?"""
    kinds = {e.kind for e in last}
    asked = "resolve" in kinds or (walk.outcome == "lost" and kinds <= {"send", "drop"})
    return asked and all(e.rule is None and e.space == last[0].space for e in last)


def one_way(event: Event, source: str, target: str) -> Broken:
    """What goes from `source` to `target` is stopped by a rule, what goes back is not."""
    assert event.rule is not None
    rule = event.rule
    facts = {
        "space": event.label,
        "source": source,
        "to": target,
        "hook": event.hook,
        "table": f"{rule.family} {rule.table}",
        "chain": rule.chain,
        "rule": rule.caption or rule.text,
    }
    see = (f"nft -a list chain {rule.family} {rule.table} {rule.chain}",)
    return Broken("FLT.ONE_WAY", "filter", facts, see)


def router(at: Situation, found: Arrival) -> str:
    """The key of another room than the host that has passed the packet on; "" without one."""
    ends = {at.key(found.source), at.key(found.target), ""}
    passing = [e for e in found.walk.events if e.leg == "request" and e.kind == "route"]
    return next((e.space for e in passing if e.space not in ends), "")


def switched(at: Situation, found: Arrival) -> tuple[Interface, Interface, Interface] | None:
    """The bridge of the host that has passed the packet on as a switch, and the ports that it came
    in and went out by."""
    for event in found.walk.events:
        if event.leg == "request" and event.kind == "bridge" and not event.space:
            devices = at.survey.interfaces("")
            over, out = devices.get(event.device), devices.get(event.via)
            came = [e.device for e in found.walk.events if e.kind == "in" and not e.space]
            into = next((devices[n] for n in came if n in devices and n != event.device), None)
            if over and out and into and into.master == out.master:
                return over, into, out
    return None


def unheard(at: Situation, found: Arrival) -> Broken | None:
    """A rule of the host that speaks of this packet and would have dropped it, had it been asked:
    why was it not?"""
    bridge = switched(at, found)
    accepted = next((e for e in found.walk.events if _accepts(e)), None)
    if accepted is not None:
        iif, oif = (bridge[0].name,) * 2 if bridge else _passage(at, found)
        rule = _against(at, found, iif, oif)
        return _too_late(accepted, rule) if rule else None
    if bridge is None:
        return None
    rule = _against(at, found, bridge[0].name, bridge[0].name)
    return _bypassed(at, rule, bridge[0]) if rule else _half_isolated(*bridge[1:])


def _passage(at: Situation, found: Arrival) -> tuple[str, str]:
    """By which interfaces of the host it has come and gone, bridges instead of their ports."""
    here = [e for e in found.walk.events if e.leg == "request" and not e.space]
    iif = next((e.device for e in here if e.kind == "in"), "")
    oif = next((e.device for e in here if e.kind == "route"), "")
    port = at.survey.interfaces("").get(iif)
    over = at.survey.interface_at("", port.master) if port and port.master else None
    return over.name if over else iif, oif


def _half_isolated(into: Interface, out: Interface) -> Broken | None:
    if into.port.get("isolated") == out.port.get("isolated"):
        return None
    one, other = (into, out) if into.port.get("isolated") else (out, into)
    facts = {"one": one.name, "other": other.name, "space": "host"}
    return Broken("L2.ONE_ISOLATED", "bridge", facts, ("bridge -d link show",))


def _accepts(event: Event) -> bool:
    at_home = event.leg == "request" and not event.space and event.hook == "forward"
    return at_home and event.rule is not None and event.verdict == "accept"


def _against(at: Situation, found: Arrival, iif: str, oif: str) -> Placed | None:
    """A rule in the forward hook that drops just such a packet."""
    devices = at.survey.interfaces("")
    rules = Ruleset(at.survey.ruleset(""))
    packet = next((e.packet for e in found.walk.events if e.kind == "in" and not e.space), None)
    if packet is None:
        return None
    subject = Subject(packet, "ip", devices.get(iif), devices.get(oif))
    for one in placed(at.survey, ""):
        if "forward" not in one.hooks or one.chain.family == "bridge":
            continue
        if does(one.statement) not in ("drop", "reject"):
            continue
        reader = Reader(rules, one.chain, subject)
        asked = matches(one.statement)
        if asked and all(reader.matches(each) is True for each in asked):
            return one
    return None


def _bypassed(at: Situation, one: Placed, over: Interface) -> Broken:
    rule = one.statement.rule
    facts = {
        "space": "host",
        "bridge": over.name,
        "table": f"{rule.family} {rule.table}",
        "chain": rule.chain,
        "rule": rule.text,
    }
    see = (
        f"nft -a list chain {facts['table']} {rule.chain}",
        command_at(at.survey, "", "sysctl net.bridge.bridge-nf-call-iptables"),
    )
    return Broken("FLT.BRIDGED_BYPASS", "filter", facts, see)


def _too_late(accepted: Event, one: Placed) -> Broken:
    first, rule = accepted.rule, one.statement.rule
    assert first is not None
    facts = {
        "space": "host",
        "hook": "forward",
        "table": f"{first.family} {first.table}",
        "chain": first.chain,
        "rule": first.text,
        "other": rule.text,
    }
    return Broken("FLT.ORDER", "filter", facts, ("nft -a list ruleset",))
