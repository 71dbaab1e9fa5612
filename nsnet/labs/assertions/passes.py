"""``passes``: a packet meets a certain kind of rule on its way, whoever wrote it and with what.

    passes: {from: outside, to: "203.0.113.2:8080", rewrite: destination, hook: prerouting,
             in: host, id: NAT.NO_DNAT, serve: c1:80}

`rewrite` is source or destination: the packet's address is changed in the space `in` (and the
`hook`, where it is given). A proxy that takes the call and makes another one rewrites nothing.
`verdict` is that of a rule (drop, reject, accept). It is seen in a trace of a real packet. `fixed`
is the id of a remark where a rule names the new source, instead of masquerading. Where a rewritten
packet was to be answered and nothing came, what is broken is said as `why` says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...diagnose.findings import Broken
from ...diagnose.ladder.rules import translations
from ...diagnose.walk import Event, Walk
from ...kernel.errors import NotFound
from ..situation import Situation
from ..verdict import Verdict
from ._asked import missing, serve
from ._given import known, one, texts

_KINDS = {"source": ("snat", "masquerade"), "destination": ("dnat", "redirect")}
_KNOWN = ("from", "to", "by", "serve", "rewrite", "verdict", "hook", "in", "id", "leg", "fixed")


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Does the packet meet it?"""
    known(given, *_KNOWN)
    serve(at, texts(given, "serve"))
    source, to = str(one(given, "from")), str(one(given, "to"))
    absent = missing(at, source)
    if absent:
        return Verdict(False, absent)
    try:
        walk = at.trace(source, to, str(given.get("by", ""))).walk
    except NotFound as error:
        return Verdict(False, Broken("NS.MISSING", "namespace", {"space": error.what}))
    if any(_wanted(at, each, hook, given) for each, hook in _hooked(walk)):
        return Verdict(True, None, (_told(walk, source, to),), tuple(_fixed(at, walk, given)))
    silent = walk.outcome in ("lost", "unsent") and "rewrite" in given
    cause = at.diagnose(source, to, str(given.get("by", ""))).broken if silent else None
    if cause:
        return Verdict(False, cause, (_told(walk, source, to),))
    facts = {"source": source, "to": to, "space": given.get("in", "host")}
    facts["address"] = walk.target.address
    found = Broken(str(one(given, "id")), "nat", facts, (f"nsnet trace {source} {to}",))
    return Verdict(False, found, (_told(walk, source, to),))


def _fixed(at: Situation, walk: Walk, given: Mapping[str, Any]) -> Iterator[Broken]:
    """The remark, where the packet has met such a rule."""
    space = at.key(str(given.get("in", "host"))) or ""
    met = [e for e in walk.events if e.space == space and e.leg == "request"]
    rules = {each.rule.where for each in met if each.rule}
    new = [e.packet.src for e in met if e.before and e.before.src != e.packet.src]
    for each in translations(at.survey, space, "snat") if "fixed" in given else ():
        if new and each.statement.rule.where in rules:
            yield Broken(str(given["fixed"]), "nat", {"address": new[0]}, ("nft list ruleset",))


def _hooked(walk: Walk) -> Iterator[tuple[Event, str]]:
    """Each event with the hook that it happens in: a rewriting comes right after its rule."""
    hook = ""
    for event in walk.events:
        if event.kind != "rewrite":
            hook = event.hook
        yield event, hook


def _wanted(at: Situation, event: Event, hook: str, given: Mapping[str, Any]) -> bool:
    if event.leg != str(given.get("leg", "request")):
        return False
    if "in" in given and event.space != at.key(str(given["in"])):
        return False
    if "hook" in given and hook != given["hook"]:
        return False
    if "verdict" in given:
        return event.kind in ("rule", "policy") and event.verdict == given["verdict"]
    if event.kind == "rule" and "rewrite" in given:
        return _translates(at, event, _KINDS[given["rewrite"]])
    if event.kind != "rewrite" or event.before is None:
        return False
    before, after = event.before, event.packet
    if given.get("rewrite") == "source":
        return before.src != after.src
    return (before.dst, before.dport) != (after.dst, after.dport)


def _translates(at: Situation, event: Event, kinds: tuple[str, ...]) -> bool:
    """Is it such a rule? Where it changes the port, too, the packet is not seen again behind it."""
    there = translations(at.survey, event.space, *kinds)
    return event.rule is not None and any(
        each.statement.rule.where == event.rule.where for each in there
    )


def _told(walk: Walk, source: str, to: str) -> str:
    rewritten = [f"{e.before} became {e.packet}" for e in walk.events if e.before is not None]
    return f"{source} → {to}: {walk.answer or walk.outcome}" + "".join(
        f"; {each}" for each in rewritten[:2]
    )
