"""What works, but not as it was probably meant: remarks that change no verdict."""

from __future__ import annotations

from collections.abc import Iterator

from ...kernel.survey.model import Interface
from ..findings import Broken
from . import bridge, conntrack
from .case import Case
from .routing import defaults
from .rules import Placed, does, placed
from .see import at, label


def of(case: Case) -> Iterator[Broken]:
    """The remarks on a packet that has arrived."""
    for hop in case.path.hops:
        found = bridge.addressed_ports(case.survey, hop.trail)
        if found:
            yield found
    yield from conntrack.remarks(case)
    yield from _bypassed(case)
    if case.space:
        yield from _two_defaults(case)


def _bypassed(case: Case) -> Iterator[Broken]:
    """Is there a rule against talk on this bridge, which bridged frames pass by?"""
    trail = case.path.hops[0].trail
    ports = [one for one in trail if one.master]
    if len(ports) < 2 or ports[0].space != ports[1].space:
        return
    space = ports[0].space
    over = case.survey.interface_at(space, ports[0].master)
    filtered = case.survey.sysctl(space, "net.bridge.bridge-nf-call-iptables") == "1"
    if over is None or filtered or ports[0].master != ports[1].master:
        return
    for one in placed(case.survey, space):
        if _against(one, over):
            rule = one.statement.rule
            facts = {
                "space": label(case.survey, space),
                "bridge": over.name,
                "table": f"{rule.family} {rule.table}",
                "chain": rule.chain,
                "rule": rule.text,
            }
            see = (
                at(case.survey, space, f"nft -a list chain {facts['table']} {rule.chain}"),
                at(case.survey, space, "sysctl net.bridge.bridge-nf-call-iptables"),
            )
            yield Broken("FLT.BRIDGED_BYPASS", "filter", facts, see)
            return


def _against(one: Placed, over: Interface) -> bool:
    """Does a rule drop all that comes from a bridge and goes to the same one?"""
    if "forward" not in one.hooks or one.chain.family == "bridge":
        return False
    if does(one.statement) not in ("drop", "reject"):
        return False
    wanted = {("iifname", over.name), ("oifname", over.name)}
    for part in one.statement.parts:
        if "match" not in part:
            continue
        match = part["match"]
        left, right = match.get("left"), match.get("right")
        key = left.get("meta", {}).get("key") if isinstance(left, dict) else None
        if match.get("op") != "==" or not isinstance(right, str) or (key, right) not in wanted:
            return False
        wanted.discard((key, right))
    return not wanted


def _two_defaults(case: Case) -> Iterator[Broken]:
    found = [r for r in defaults(case.survey, case.space, case.family) if r.via]
    if len({route.via for route in found}) < 2:
        return
    facts = {"space": case.source.label, "one": found[0].via, "other": found[1].via}
    yield Broken("L3.TWO_DEFAULTS", "route", facts, (at(case.survey, case.space, "ip route"),))
