"""What the tests of `nsnet trace` share: tracing from a test, and short forms of a walk."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from nsnet.diagnose.trace import Trace
from nsnet.diagnose.trace import trace as follow
from nsnet.diagnose.walk import Walk
from nsnet.kernel.stack import Stack
from nsnet.looking.places import places
from tests.support import run

#: A rule by its space, family, table, chain and handle.
Where = tuple[str, str, str, str, int]


def trace(source: str, target: str, protocol: str = "tcp", timeout: float = 1.0) -> Trace:
    with Stack() as stack:
        known = places(stack)
        start = known.source(source)
        return follow(stack, known, start, known.target(target, start), protocol, timeout)


def path(walk: Walk, leg: str = "request") -> list[str]:
    """The interfaces that a leg goes over: ``web:eth0>`` out, ``>web:eth0`` in."""
    found = []
    for each in walk.events:
        if each.leg == leg and each.kind in ("out", "in"):
            name = f"{each.space or 'host'}:{each.device}"
            found.append(f"{name}>" if each.kind == "out" else f">{name}")
    return found


def verdicts(walk: Walk, leg: str = "request") -> list[str]:
    """What rules did, besides letting it pass or asking others."""
    dull = ("accept", "continue", "return", "jump", "goto")
    found = (each.verdict for each in walk.events if each.leg == leg and each.rule)
    return [each for each in found if each.split()[0] not in dull]


def rewrites(walk: Walk, leg: str = "request") -> list[str]:
    """The header after each change."""
    found = (each.packet for each in walk.events if (each.leg, each.kind) == (leg, "rewrite"))
    return [
        f"{p.src} {p.dst}:{p.dport}" if leg == "request" else f"{p.src}:{p.sport} {p.dst}"
        for p in found
    ]


def counters(spaces: list[str]) -> dict[Where, int]:
    """The counter of each rule, as `nft` says it. Those that count before they look their target
    up in a map are left out: they count packets that they do not match in the end."""
    found = {}
    for space in spaces:
        inside = ("ip", "netns", "exec", space) if space else ()
        objects = json.loads(run(*inside, "nft", "-j", "list", "ruleset"))["nftables"]
        for body in (each["rule"] for each in objects if "rule" in each):
            where = (space, body["family"], body["table"], body["chain"], body["handle"])
            if "map" in json.dumps(body["expr"][-1]) and "nat" in "".join(body["expr"][-1]):
                continue
            for expression in body["expr"]:
                if isinstance(expression.get("counter"), dict):
                    found[where] = expression["counter"]["packets"]
    return found


def moved(before: dict[Where, int], after: dict[Where, int]) -> dict[Where, int]:
    """By how much counters moved."""
    return {key: n - before[key] for key, n in after.items() if n != before[key]}


def told(traced: Trace, certain: Collection[Where]) -> dict[Where, int]:
    """How often netfilter told of each of these rules, for all packets of the flow."""
    found: dict[Where, int] = {}
    followed = traced.followed
    for space, each in followed.traced.items():
        for event in each:
            where = (event.family, event.table, event.chain, event.handle)
            if event.handle and where in followed.before[space]:
                found[(space, *where)] = found.get((space, *where), 0) + 1
    return {key: n for key, n in found.items() if key in certain}


def named(walk: Walk, certain: Collection[Where]) -> dict[Where, int]:
    """How often the walk names each of these rules."""
    found: dict[Where, int] = {}
    for each in walk.events:
        if each.rule and each.rule.packets is not None:
            where = (each.space, *each.rule.where)
            found[where] = found.get(where, 0) + 1
    return {key: n for key, n in found.items() if key in certain}


def claimed(walk: Walk, certain: Collection[Where]) -> dict[Where, Any]:
    """By how much the counters of these rules moved, as the walk has it."""
    rules = [(each.space, each.rule) for each in walk.events if each.rule]
    return {(s, *r.where): r.moved for s, r in rules if (s, *r.where) in certain}
