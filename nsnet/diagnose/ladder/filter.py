"""The rung of the filter: which rule ended the packet, and what kind of mistake that is."""

from __future__ import annotations

import json
from typing import Any

from ...kernel.survey import Survey
from ..findings import Broken
from ..nft import Ruleset, Subject
from ..nft.values import Reader
from ..walk import Event
from .case import Case
from .rules import Placed, does, matches, placed, speaks_of
from .see import at
from .seen import Seen

_OURS = "nsnet"
_CAPTIONS = (
    ("is internal", "NET.INTERNAL"),
    ("no talk between neighbours", "NET.ICC_OFF"),
    ("nobody else gets into", "NET.ISOLATED"),
    ("no masquerade: no way", "NET.ISOLATED"),
)


def lets_pass(case: Case, seen: Seen) -> Broken | None:
    """Did any rule drop or reject the question, or its answer?"""
    event = seen.ended_by
    if event is None or event.rule is None:
        return None
    name = _name(case, seen, event)
    rung = "filter"
    rule = event.rule
    facts: dict[str, str | int] = {
        "space": event.label,
        "hook": event.hook,
        "table": f"{rule.family} {rule.table}",
        "chain": rule.chain,
        "handle": rule.handle,
        "rule": rule.caption or rule.text,
        "source": event.packet.src,
        "to": event.packet.dst,
        "port": event.packet.dport,
        "called_port": case.port,
        "packet": str(event.packet),
    }
    if name == "FLT.ORDER":
        other = _accepting_later(case.survey, seen, event)
        facts["other"] = other.statement.rule.text if other else "?"
    see = at(case.survey, event.space, f"nft -a list chain {rule.family} {rule.table} {rule.chain}")
    return Broken(name, rung, facts, (see,))


def _name(case: Case, seen: Seen, event: Event) -> str:
    rule = event.rule
    assert rule is not None
    if event.leg == "reply":
        return _of_reply(case.survey, event)
    if event.packet.dport and event.packet.dport != case.port:
        for each in _beside(case.survey, event):
            if does(each.statement) == "accept" and _names(case.survey, event, each, case.port):
                return "FLT.PRE_DNAT_PORT"
    if rule.table.startswith(_OURS):
        for words, name in _CAPTIONS:
            if words in rule.caption:
                return name
    if _one_way(case.survey, event):
        return "FLT.ONE_WAY"
    if _accepting_later(case.survey, seen, event):
        return "FLT.ORDER"
    if _foreign(case.survey, event):
        return "FLT.FOREIGN_DROP"
    if event.kind == "policy":
        return "FLT.POLICY_DROP"
    # Of a rule that iptables has made, the kernel tells but that it drops.
    rejects = event.verdict == "reject" or "reject" in rule.text.split()
    return "FLT.REJECT" if rejects else "FLT.DROP"


def _of_reply(survey: Survey, event: Event) -> str:
    """An answer is dropped: is there a rule that lets answers pass, and where?"""
    if event.kind == "policy":
        return "FLT.FOREIGN_DROP" if _foreign(survey, event) else "FLT.NO_ESTABLISHED"
    if any(_lets_answers(each) for each in _later(survey, event)):
        return "FLT.ORDER"
    return "FLT.ONE_WAY" if _one_way(survey, event) else "FLT.NO_ESTABLISHED"


def _one_way(survey: Survey, event: Event) -> bool:
    """Does the ending rule name both ends of the way, and no rule the same two the other way
    round?"""
    if event.rule is None or event.kind != "rule":
        return False
    beside = _beside(survey, event)
    mine = next((x for x in beside if x.statement.rule.where == event.rule.where), None)
    ends = _ends(mine) if mine else ()
    dropping = [each for each in beside if does(each.statement) in ("drop", "reject")]
    return bool(ends) and not any(_ends(each) == ends[::-1] for each in dropping)


def _ends(one: Placed) -> tuple[str, ...]:
    """Where from and where to a rule speaks of: two addresses or two interfaces; else nothing."""
    found: dict[str, str] = {}
    for match in matches(one.statement):
        left, right = match.get("left"), match.get("right")
        if not isinstance(left, dict) or match.get("op") != "==":
            continue
        field = left.get("payload", {}).get("field") or left.get("meta", {}).get("key")
        found[str(field)] = json.dumps(right)
    for pair in (("saddr", "daddr"), ("iifname", "oifname"), ("iif", "oif")):
        if all(each in found for each in pair) and found[pair[0]] != found[pair[1]]:
            return tuple(found[each] for each in pair)
    return ()


def _beside(survey: Survey, event: Event) -> list[Placed]:
    """The rules of the same hook in the same table."""
    rule = event.rule
    assert rule is not None
    return [
        each
        for each in placed(survey, event.space)
        if event.hook in each.hooks
        and (each.chain.family, each.chain.table) == (rule.family, rule.table)
    ]


def _later(survey: Survey, event: Event) -> list[Placed]:
    """The rules behind the one that ended the packet, in its chain."""
    rule = event.rule
    if rule is None or event.kind != "rule":
        return []
    mine = [e for e in placed(survey, event.space) if e.chain.name == rule.chain]
    mine = [e for e in mine if (e.chain.family, e.chain.table) == (rule.family, rule.table)]
    places = [n for n, e in enumerate(mine) if e.statement.rule.handle == rule.handle]
    return mine[places[0] + 1 :] if places else []


def _accepting_later(survey: Survey, seen: Seen, event: Event) -> Placed | None:
    """A later rule of the chain that would have accepted the packet."""
    for each in _later(survey, event):
        if does(each.statement) != "accept":
            continue
        if event.leg == "reply" and _lets_answers(each):
            return each
        if event.leg == "request" and _would_match(survey, seen, event, each):
            return each
    return None


def _would_match(survey: Survey, seen: Seen, event: Event, one: Placed) -> bool:
    """Does a rule ask for nothing but what the packet has, or what the ending rule asks, too? One
    that asks for less than the ending rule is no exception to it, but it is to that."""
    where = event.rule.where if event.rule else ()
    ending = [e for e in _beside(survey, event) if e.statement.rule.where == where]
    same = matches(ending[0].statement) if ending else []
    iif, oif = seen.passage(event)
    devices = survey.interfaces(event.space)
    subject = Subject(
        event.packet,
        "ip6" if ":" in event.packet.dst else "ip",
        devices.get(iif),
        devices.get(oif),
    )
    reader = Reader(Ruleset(survey.ruleset(event.space)), one.chain, subject)
    asked = matches(one.statement)
    if not 0 < _closely(asked) >= _closely(same):
        return False
    return all(m in same or reader.matches(m) is True for m in asked)


def _closely(asked: list[Any]) -> int:
    """How much a rule asks for beside interfaces."""
    kinds = (each.get("left") for each in asked)
    return sum(not (isinstance(kind, dict) and _by_device(kind)) for kind in kinds)


def _by_device(left: dict[str, Any]) -> bool:
    return left.get("meta", {}).get("key") in ("iif", "oif", "iifname", "oifname")


def _lets_answers(one: Placed) -> bool:
    return does(one.statement) == "accept" and "established" in one.statement.rule.text


def _names(survey: Survey, event: Event, one: Placed, word: object) -> bool:
    return speaks_of(Ruleset(survey.ruleset(event.space)), one, word)


def _foreign(survey: Survey, event: Event) -> bool:
    """Is it another table than nsnet's, on a host that has nsnet's? (Where nothing is nsnet's, no
    table is more foreign than another.)"""
    rule = event.rule
    assert rule is not None
    if rule.table.startswith(_OURS):
        return False
    tables = (body.get("table", {}) for body in survey.ruleset(event.space))
    return any(table.get("name") == _OURS for table in tables)
