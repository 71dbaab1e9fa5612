"""The walk of a packet: what `nsnet walk` predicts and `nsnet trace` sees, in one form.

A walk is a story: events in their order, over all namespaces, for the request and for the reply.
Prediction and trace make the same events out of different sources, so that they can be held
against each other (`Walk.essence`), and every picture (text, SVG, JSON, and a live page or a
terminal view to come) is drawn from this and nothing else. Events can be drawn one by one as they
come: each says all that it needs.
"""

from __future__ import annotations

from ..value import Value
from .place import Place, Target

#: What can happen to a packet, with the fields that an event of this kind fills besides `space`,
#: `packet` and `text`.
KINDS = {
    "send": "a program sends it",
    "resolve": "a neighbour is asked for (ARP, NDP): `device`",
    "route": "the routing table is asked: `device`, `via` (the next hop, may be empty)",
    "out": "it leaves by an interface: `device`",
    "in": "it comes in by an interface: `device`",
    "bridge": "a bridge passes it on: `device` (the bridge), `via` (the port that it leaves by)",
    "hook": "it enters a hook of netfilter that has chains: `hook`",
    "rule": "a rule matches it: `hook`, `rule`, `verdict`",
    "policy": "a base chain ends without a verdict: `hook`, `rule`, `verdict`",
    "rewrite": "its header has changed: `before`, `packet`",
    "deliver": "a program gets it, or the kernel itself answers",
    "drop": "it ends here: `text` says why, `reason` is one of the diagnosis ids if known",
}

#: How a walk ends.
OUTCOMES = (
    "answered",  # what was asked for came back
    "refused",  # somebody said no: a TCP reset, an ICMP error
    "lost",  # no answer; the last event is where it was seen last
    "unsent",  # the sender's own kernel did not take it
)


class Packet(Value):
    """A packet's header at one moment.

    `flags` are those of TCP as letters (``S``, ``SA``, ``R``), for ICMP the type in words
    (``echo-request``, ``port-unreachable``). `ident` is the identifier of an ICMP echo. `size` is
    the whole packet's, in bytes, with its IP header (0: not known). `macs` are the frame's
    source and destination where there is a frame, which equality leaves out.
    """

    protocol: str
    src: str
    dst: str
    sport: int = 0
    dport: int = 0
    flags: str = ""
    ident: int = 0
    ttl: int = 0
    size: int = 0
    macs: tuple[str, str] = ("", "")

    @property
    def header(self) -> tuple[str, str, str, int, int, str]:
        """What tells it from others on its way: address translation changes this."""
        return (self.protocol, self.src, self.dst, self.sport, self.dport, self.flags)

    def __str__(self) -> str:
        src = f"{_host(self.src, self.sport)}:{self.sport}" if self.sport else self.src
        dst = f"{_host(self.dst, self.dport)}:{self.dport}" if self.dport else self.dst
        more = f" [{self.flags}]" if self.flags else ""
        return f"{self.protocol} {src or '(no address)'} → {dst}{more}"


def _host(address: str, port: int) -> str:
    return f"[{address}]" if ":" in address and port else address


class Rule(Value):
    """A rule as the kernel has it: `text` in nft's words without its counter and comment,
    `caption` its comment. `packets` is its counter after the packet (None: it has none), and
    `moved` by how much it had moved since before the packet."""

    family: str
    table: str
    chain: str
    handle: int = 0
    text: str = ""
    caption: str = ""
    packets: int | None = None
    moved: int | None = None

    @property
    def where(self) -> tuple[str, str, str, int]:
        """What names the rule on its host."""
        return (self.family, self.table, self.chain, self.handle)


class Event(Value):
    """One thing that happened to the packet. `leg` is ``request``, ``reply`` or ``error`` (an
    ICMP error on its way back). `space` is the survey's key of the namespace, `label` its name for
    people. `stamp` is in nanoseconds since the packet was sent; None in a prediction. `text` is in
    English, and mostly one that can be told in another language (`said.Said`), as are the `answer`
    and the `notes` of a walk.

    `sure` False: a prediction that could go another way (a rule it does not understand)."""

    leg: str
    kind: str
    space: str
    label: str
    text: str
    packet: Packet
    device: str = ""
    via: str = ""
    hook: str = ""
    rule: Rule | None = None
    verdict: str = ""
    before: Packet | None = None
    reason: str = ""
    stamp: int | None = None
    sure: bool = True

    @property
    def essence(self) -> tuple[str, ...]:
        """What a prediction and a trace agree on, if the prediction is right."""
        what = ":".join(map(str, self.rule.where)) if self.rule else self.device
        return (self.leg, self.kind, self.space, what, self.verdict, str(self.packet))


class Walk(Value):
    """A whole walk. `traced`: it was seen, not predicted. `answer` is what came back in words
    (``echo reply in 0.2 ms``, ``connection refused``). `notes` are remarks for the reader."""

    source: Place
    target: Target
    events: tuple[Event, ...]
    outcome: str
    answer: str = ""
    traced: bool = False
    notes: tuple[str, ...] = ()

    @property
    def arrived(self) -> bool:
        """Did somebody answer what was asked for?"""
        return self.outcome == "answered"

    @property
    def last(self) -> Event | None:
        """Where it was seen last."""
        return self.events[-1] if self.events else None

    @property
    def essence(self) -> tuple[tuple[str, ...], ...]:
        """The passages over interfaces, the verdicts that changed something, the end: what has to
        be equal in a prediction and a trace of the same packet."""
        kept = (e for e in self.events if e.kind in ("out", "in", "drop") or _decides(e))
        return tuple(each.essence for each in kept)


_DECIDING = ("drop", "reject", "dnat", "snat", "masquerade", "redirect")


def _decides(event: Event) -> bool:
    return event.kind == "rule" and event.verdict in _DECIDING
