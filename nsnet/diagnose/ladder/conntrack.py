"""The rung of known flows: what the kernel remembers of this flow, and of older ones to the same
port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address

from ...kernel import flows
from ...kernel.flows import Flow
from ..findings import Broken, Facts
from ..nft import Ruleset
from .case import Case
from .path import Hop
from .routing import leads_out, way
from .rules import speaks_of, translations
from .see import at, label


def known(case: Case, space: str) -> list[Flow]:
    """The flows that a stack remembers."""
    with suppress(OSError, KeyError), case.survey.inside(space):
        return list(flows.read(case.family))
    return []


def ours(case: Case, found: list[Flow]) -> Flow | None:
    """The flow of the question that was asked."""
    if case.answer is None:
        return None
    port = case.answer.local[1]
    for each in found:
        one = each.original
        same = each.protocol == case.transport and one.sport == port
        if same and one.dst == case.address and one.dport == case.port:
            return each
    return None


def routers(case: Case) -> Iterator[tuple[Hop, list[Flow]]]:
    """The stacks that may have rewritten the question, with what they remember: those on the
    way, and those whose bridges it has passed."""
    hops = {hop.space: hop for hop in case.path.hops if hop.space != case.space}
    first = case.path.hops[0]
    for one in first.trail:
        if one.kind == "bridge" and one.space not in hops:
            hops[one.space] = first
    last = case.path.last.space
    for space, hop in hops.items():
        if space != last or hop.way.kind == "local":
            yield hop, known(case, space)


def swallowed(case: Case) -> Broken | None:
    """Has somebody else answered, since a router rewrote what was not for it?"""
    for hop, found in routers(case):
        flow = ours(case, found)
        if flow is None or not flow.dnat or hop is case.path.hops[0]:
            continue
        if way(case.survey, hop.space, case.address).kind == "local":
            continue
        meant = case.survey.owner(case.address) or case.path.end == "beyond"
        if not meant:
            continue
        facts: Facts = {
            "space": label(case.survey, hop.space),
            "called": case.address,
            "called_port": case.port,
            "to": flow.reply.src,
            "rule": _of_port(case, hop.space),
        }
        see = (at(case.survey, hop.space, "nft -a list ruleset"),)
        return Broken("NAT.DNAT_TOO_WIDE", "nat", facts, see)
    return None


def _of_port(case: Case, space: str) -> str:
    """The rule that speaks of this port, in words."""
    rules = Ruleset(case.survey.ruleset(space))
    there = translations(case.survey, space, "dnat", "redirect")
    known = (each.statement.rule.text for each in there if speaks_of(rules, each, case.port))
    return next(known, "dnat")


def remarks(case: Case) -> Iterator[Broken]:
    """What is to be said about a question that was answered."""
    for hop, found in routers(case):
        flow = ours(case, found)
        if flow is None:
            continue
        if flow.snat and _needless(case, hop, flow):
            yield _masked(case, hop, flow)
        if flow.dnat and ip_address(flow.reply.src).is_loopback and hop.iif:
            yield _opened(case, hop, flow)
        old = [each for each in found if _older(each, flow)]
        if old:
            yield _stale(case, hop, old[0])


def _needless(case: Case, hop: Hop, flow: Flow) -> bool:
    """Could the one who was called have answered the caller directly, or through this router?"""
    first = case.path.hops[0]
    if hop is first or not hop.iif:
        return not flow.dnat
    came_by = case.survey.interfaces(hop.space).get(hop.iif)
    return flow.dnat and came_by is not None and leads_out(case.survey, came_by, case.family)


def _older(one: Flow, ours: Flow) -> bool:
    same = one.protocol == ours.protocol == "udp" and one.original.dst == ours.original.dst
    same = same and one.original.dport == ours.original.dport
    return same and (one.reply.src, one.reply.sport) != (ours.reply.src, ours.reply.sport)


def _masked(case: Case, hop: Hop, flow: Flow) -> Broken:
    owners = case.survey.owner(flow.reply.src)
    space = hop.space if hop.space != case.space else _bridge_space(hop)
    facts = {
        "space": label(case.survey, owners[0][0]) if owners else flow.reply.src,
        "seen": flow.reply.dst,
        "source": flow.original.src,
        "router": label(case.survey, space),
    }
    see = (at(case.survey, space, "nft -a list ruleset"),)
    return Broken("NAT.MASQ_TOO_WIDE", "nat", facts, see)


def _opened(case: Case, hop: Hop, flow: Flow) -> Broken:
    """A rule leads others to what listens on loopback, so as not to be called by others."""
    facts: Facts = {
        "space": label(case.survey, hop.space),
        "source": flow.original.src,
        "to": f"{flow.reply.src}:{flow.reply.sport}" if flow.reply.sport else flow.reply.src,
    }
    see = (
        at(case.survey, hop.space, "nft -a list ruleset"),
        at(case.survey, hop.space, "sysctl -a --pattern route_localnet"),
    )
    return Broken("SEC.REMOTE_LOOPBACK", "nat", facts, see)


def _bridge_space(hop: Hop) -> str:
    return next((one.space for one in hop.trail if one.kind == "bridge"), hop.space)


def _stale(case: Case, hop: Hop, old: Flow) -> Broken:
    facts: Facts = {
        "source": f"{old.original.src}:{old.original.sport}",
        "called": old.original.dst,
        "called_port": old.original.dport,
        "to": f"{old.reply.src}:{old.reply.sport}",
    }
    see = (at(case.survey, hop.space, f"conntrack -L -p udp --orig-port-dst {case.port}"),)
    return Broken("CT.STALE", "conntrack", facts, see)
