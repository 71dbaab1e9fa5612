"""The rungs of address translation: is the port published, to the right place, and does the
answer come back the same way?"""

from __future__ import annotations

from ipaddress import ip_address
from itertools import pairwise

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ..findings import Broken
from ..nft import Ruleset
from . import bridge, conntrack, listener, neighbour
from .case import Case
from .path import Hop
from .routing import way
from .rules import Placed, called_at, speaks_of, translations
from .see import at, label
from .seen import Seen
from .segment import Segment


def rewriting(case: Case) -> Hop | None:
    """The stack that rewrote the destination."""
    return next((hop for hop in case.path.hops if hop.called != hop.to), None)


def only_own(case: Case, seen: Seen) -> Broken | None:
    """Does the rule rewrite only what was sent to an address of the router itself?"""
    hop = rewriting(case)
    if hop is None or way(case.survey, hop.space, hop.called).kind == "local":
        return None
    others = [key for key, _ in case.survey.owner(hop.called) if key != hop.space]
    if not others and not _beyond(case.survey, hop):
        return None
    facts = _facts(case, hop, seen) | {"rule": _rewriter(case, hop, seen)}
    return Broken("NAT.DNAT_TOO_WIDE", "nat", facts, (_list(case, hop.space),))


def _rewriter(case: Case, hop: Hop, seen: Seen) -> str:
    """The rule that rewrote the destination, in words. One that iptables wrote gives no other
    verdict than accept: it is known by what it does."""
    event = seen.rule(hop.space, "dnat", "redirect")
    if event and event.rule:
        return event.rule.text
    there = translations(case.survey, hop.space, "dnat", "redirect")
    known = {each.statement.rule.where for each in there}
    met = (e.rule for e in seen.events if e.space == hop.space and e.leg == "request" and e.rule)
    return next((rule.text for rule in met if rule.where in known), "?")


def _beyond(survey: Survey, hop: Hop) -> bool:
    """Is it routed on, through another router?"""
    there = way(survey, hop.space, hop.called)
    return bool(there.route and there.route.via)


def turns_round(case: Case, seen: Seen) -> Broken | None:
    """Can a packet come back out of the bridge port that it came in by, and is it believed there?
    A container that calls itself through a published port needs both."""
    hops = case.path.hops
    for hop, after in pairwise(hops):
        if not hop.iif or hop.called == hop.to or after.space != case.space:
            continue
        port = _port_of(case.survey, hop)
        if port and _bridged_filter(case.survey, hop.space):
            found = bridge.hairpin(case.survey, port)
            if found:
                return found
        if after.source in _own(case.survey, after.space):
            facts = _facts(case, hop, seen) | {"space": label(case.survey, after.space)}
            return Broken("NAT.HAIRPIN_NO_MASQ", "nat", facts, (_list(case, hop.space),))
    return None


def _port_of(survey: Survey, hop: Hop) -> Interface | None:
    """The bridge port that the packet leaves by."""
    ports = [one for one in hop.trail if one.master]
    return ports[-1] if ports and hop.out and hop.out.name == hop.iif else None


def _bridged_filter(survey: Survey, space: str) -> bool:
    """Do frames that a bridge passes on come by the tables of IP (br_netfilter)?"""
    return survey.sysctl(space, "net.bridge.bridge-nf-call-iptables") == "1"


def not_from_loopback(case: Case, seen: Seen) -> Broken | None:
    """Does nothing leave a stack with a source of 127.0.0.0/8?"""
    hops = case.path.hops
    for hop, after in pairwise(hops):
        if after.source and ip_address(after.source).is_loopback:
            facts = _facts(case, hop, seen) | {"source": after.source, "device": hop.way.device}
            return Broken("NAT.LOCAL_SRC", "nat", facts, (_list(case, hop.space),))
    return None


def no_short_cut(case: Case, seen: Seen) -> Broken | None:
    """Does the answer pass the stack that rewrote the question? A neighbour on the same bridge
    answers directly."""
    hops = case.path.hops
    for hop, after in pairwise(hops):
        if hop.called == hop.to or hop.out is None or after.source != hop.source:
            continue
        if not hop.iif or hop.out.name != hop.iif or _bridged_filter(case.survey, hop.space):
            continue
        back = way(case.survey, after.space, after.source)
        if back.kind != "out" or (back.route and back.route.via):
            continue
        facts = _facts(case, hop, seen) | {"bridge": hop.out.name}
        see = (at(case.survey, hop.space, "sysctl net.bridge.bridge-nf-call-iptables"),)
        return Broken("NAT.BRNF_SHORTCUT", "nat", facts, (*see, _list(case, hop.space)))
    return None


def alive(case: Case, seen: Seen) -> Broken | None:
    """Has anybody the address that the question was led to? If somebody had it a while ago, and
    listens at another one now, the rule is of yesterday."""
    hop = rewriting(case)
    if hop is None or hop is not case.path.last or case.path.end != "neighbour":
        return None
    found = neighbour.answers(case.survey, hop)
    if found is None or found.id != "NAT.DNAT_DEAD":
        return found
    owner = _listening_neighbour(case, hop, seen.port or case.port)
    if not owner or not _of_yesterday(case, hop, seen.port or case.port):
        return found
    facts = _facts(case, hop, seen) | {"holder": "-", "owner": owner[0], "now": owner[1]}
    return Broken("NAT.STALE_TARGET", "nat", facts, (_list(case, hop.space),))


def _of_yesterday(case: Case, hop: Hop, port: int) -> bool:
    """Was the address right a while ago: did it answer on the port, or was it given to somebody
    who has another one now?"""
    for place in case.places.known.values():
        given = {ip for ips in place.networks.values() for ip in ips}
        if hop.to in given and hop.to not in _own(case.survey, place.space):
            return True
    answered = (x.reply for x in conntrack.known(case, hop.space) if x.answered)
    return any((x.src, x.sport) == (hop.to, port) for x in answered)


def published(case: Case, seen: Seen) -> Broken | None:
    """The question ends at a stack where nobody listens: was it to be led to somebody else?"""
    hop = case.path.last
    if case.path.end != "local" or case.transport == "icmp" or not case.port:
        return None
    port = seen.port or case.port
    refused = case.code == "refused"
    found = listener.listens(case.survey, hop.space, case.transport, hop.to, port, refused)
    if found is None:
        return None
    rewriter = rewriting(case)
    if rewriter:
        return _refused(case, seen, rewriter, found)
    if not _routes_for_others(case.survey, hop.space):
        return found
    return _unpublished(case, seen, hop) or found


def _refused(case: Case, seen: Seen, hop: Hop, found: Broken) -> Broken:
    """It was led to a stack where nobody listens: to the wrong port, or to the wrong stack."""
    if found.id != "APP.NOT_LISTENING":
        return found
    facts = {**found.facts, **_facts(case, hop, seen)}
    last = case.path.last
    facts["space"] = label(case.survey, last.space)
    serving = [x for x in case.survey.listeners(last.space) if not x.address.startswith("127.")]
    owner = _listening_neighbour(case, hop, seen.port)
    if owner and (not serving or _of_yesterday(case, hop, seen.port)):
        facts |= {"holder": facts["space"], "owner": owner[0], "now": owner[1]}
        facts["space"] = label(case.survey, hop.space)
        return Broken("NAT.STALE_TARGET", "nat", facts, (*found.see, _list(case, hop.space)))
    own_port = listener.listens(case.survey, last.space, case.transport, last.to, 80) is None
    mapped = "map" in _text(seen, hop.space) and seen.port == case.port and own_port
    name = "MESH.MAP_NO_PORT" if mapped else "NAT.DNAT_REFUSED"
    return Broken(name, "nat", facts, (*found.see, _list(case, hop.space)))


def _text(seen: Seen, space: str) -> str:
    event = seen.rule(space, "dnat", "redirect")
    return event.rule.text if event and event.rule else ""


def _listening_neighbour(case: Case, hop: Hop, port: int) -> tuple[str, str] | None:
    """Another stack behind the same interface that listens on the port: its label and address."""
    if hop.out is None:
        return None
    for space, _ in Segment(case.survey, hop.out).ends:
        if space in (hop.space, case.path.last.space, case.space):
            continue
        for each in case.survey.addresses(space):
            taken = listener.listens(case.survey, space, case.transport, each.ip, port)
            if taken is None and each.scope == "global":
                return label(case.survey, space), each.ip
    return None


def _routes_for_others(survey: Survey, space: str) -> bool:
    """Is it a host with bridges, behind which others are?"""
    found = survey.interfaces(space).values()
    bridges = {one.index for one in found if one.kind == "bridge"}
    return any(one.master in bridges for one in found if one.master)


def _unpublished(case: Case, seen: Seen, hop: Hop) -> Broken | None:
    """No rule has rewritten it: is there one for another address, or in another hook?"""
    rules = Ruleset(case.survey.ruleset(hop.space))
    facts = _facts(case, hop, seen) | {"address": hop.to, "port": case.port}
    facts["space"] = label(case.survey, hop.space)
    own = not hop.iif
    wanted = "output" if own else "prerouting"
    see = (_list(case, hop.space), at(case.survey, hop.space, "ss -lnp"))
    for each in translations(case.survey, hop.space, "dnat", "redirect"):
        if not speaks_of(rules, each, case.port):
            continue
        there = called_at(rules, each, case.port)
        if there and hop.to not in there:
            facts |= _named(each, wanted) | {"published": ", ".join(sorted(there))}
            return Broken("NAT.OTHER_ADDRESS", "nat", facts, see)
        if wanted in each.hooks:
            continue
        facts |= _named(each, wanted)
        name = "NAT.OUTPUT_HOOK" if own and "prerouting" in each.hooks else "NAT.WRONG_HOOK"
        return Broken(name, "nat", facts, see)
    return Broken("NAT.NO_DNAT", "nat", facts, see)


def hidden(case: Case, router: Hop, space: str) -> Broken:
    """The answer finds no way back to a private source: nobody has hidden it, or not rightly."""
    ends = (router.space, case.path.last.space)
    facts: dict[str, str | int] = {
        "source": router.source,
        "router": label(case.survey, router.space),
        "device": router.way.device,
        "to": case.address if space in ends else label(case.survey, space),
        "space": label(case.survey, router.space),
    }
    see = (_list(case, router.space), at(case.survey, space, f"ip route get {router.source}"))
    for each in translations(case.survey, router.space, "snat", "masquerade"):
        if "postrouting" not in each.hooks:
            return Broken("NAT.WRONG_HOOK", "nat", facts | _named(each, "postrouting"), see)
    return Broken("NAT.NO_MASQ", "nat", facts, see)


def _named(one: Placed, hook: str) -> dict[str, str | int]:
    return {
        "table": f"{one.chain.family} {one.chain.table}",
        "chain": one.chain.name,
        "rule": one.statement.rule.text,
        "hook": hook,
    }


def _facts(case: Case, hop: Hop, seen: Seen) -> dict[str, str | int]:
    return {
        "space": label(case.survey, hop.space),
        "router": label(case.survey, hop.space),
        "source": hop.source,
        "called": hop.called,
        "called_port": case.port,
        "to": hop.to,
        "address": hop.to,
        "port": seen.port or case.port,
        "protocol": case.transport,
    }


def _own(survey: Survey, space: str) -> set[str]:
    return {each.ip for each in survey.addresses(space)}


def _list(case: Case, space: str) -> str:
    return at(case.survey, space, "nft -a list ruleset")
