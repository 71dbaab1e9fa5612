"""``fits``: packets of a certain size arrive whole.

    fits: {from: c1, to: 10.8.0.1, size: 1420}               # not less than that
    fits: {from: office, to: 10.8.0.2, size: 1420, over: 1500, id: MTU.RAISED}

`size` is that of the IP packet in bytes, as an MTU counts; it is sent with "don't fragment".
`over` is a size that must not arrive: the narrow place is not to be made wider (`id` if it is).
With `full`, what the sender's own interface takes must arrive as it is, and not be refused by
somebody on the way, who tells the sender what would fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Broken
from ...diagnose.ladder.routing import way
from ...diagnose.probe import Answer, Probe
from ...diagnose.prober import probe_all
from ...kernel.errors import NotFound
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from . import reaches
from ._asked import came, missing
from ._given import known, one

#: The headers of IPv4 and of an ICMP echo, in bytes.
_HEADERS = 28
_WAIT = 0.4


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Do packets of this size arrive, and larger ones not?"""
    known(given, "from", "to", "size", "over", "full", "id")
    source, to = str(one(given, "from")), str(one(given, "to"))
    absent = missing(at, source)
    if absent:
        return Verdict(False, absent)
    sizes = [int(given[name]) for name in ("size", "over") if name in given]
    try:
        answers = _asked(at, source, to, [0, *sizes])
    except NotFound as error:
        return Verdict(False, Broken("NS.MISSING", "namespace", {"space": error.what}))
    small, wanted, *more = answers
    if not small.ok:
        return reaches.check(at, {"from": source, "to": to, "by": "ping"})
    lines = [_line(at, source, to, each) for each in answers[1:]]
    if not wanted.ok:
        return _lost(source, to, wanted, lines)
    if more and more[0].ok:
        id, see = str(given.get("id", "MTU.RAISED")), (_ping(to, sizes[1]),)
        facts = {"source": source, "to": to, "size": sizes[1], "mtu": sizes[0]}
        return broken(id, "size", see=see, probes=tuple(lines), **facts)
    return _full(at, source, to, lines) if given.get("full") else passed(*lines)


def _full(at: Situation, source: str, to: str, lines: list[str]) -> Verdict:
    """As large as the sender's interface lets out."""
    origin = at.places.source(source)
    device = way(at.survey, origin.space, at.places.target(to, origin).address).device
    mtu = at.survey.interfaces(origin.space)[device].mtu if device else 0
    (answer,) = _asked(at, source, to, [mtu])
    lines = [*lines, _line(at, source, to, answer)]
    if answer.ok:
        return passed(*lines)
    facts = {"space": source, "to": to, "device": device, "size": mtu, "mtu": answer.mtu or "?"}
    see = (_ping(to, mtu), f"ip -n {source} link show {device}")
    return broken("MTU.TOLD", "size", see=see, probes=tuple(lines), **facts)


def _asked(at: Situation, source: str, to: str, sizes: list[int]) -> list[Answer]:
    at.look()
    origin = at.places.source(source)
    address = at.places.target(to, origin).address
    payloads = [max(size - _HEADERS, 0) for size in sizes]
    wanted = [Probe(origin.space, "icmp", address, 0, each, _WAIT) for each in payloads]
    try:
        return probe_all(at.stack, wanted, at.survey.paths())
    finally:
        at.stack.enter("")


def _lost(source: str, to: str, lost: Answer, lines: list[str]) -> Verdict:
    size = lost.probe.size + _HEADERS
    facts = {"source": source, "space": source, "to": to, "size": size, "mtu": lost.mtu or "?"}
    see = (_ping(to, size), "ip link")
    if lost.code == "too-big":
        return broken("MTU.TOO_SMALL", "size", see=see, probes=tuple(lines), **facts)
    facts |= {"device": "-", "small": 56, "space": "-"}
    return broken("MTU.BLACKHOLE", "size", see=see, probes=tuple(lines), **facts)


def _line(at: Situation, source: str, to: str, answer: Answer) -> str:
    size = answer.probe.size + _HEADERS
    return f"{source} → {to} (ping, {size} B): {came(at, answer)}"


def _ping(to: str, size: int) -> str:
    return f"ping -c1 -M do -s {size - _HEADERS} {to}"
