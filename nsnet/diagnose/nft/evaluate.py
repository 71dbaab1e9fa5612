"""What a chain does to a packet: the rules that match, and the verdict.

Sources: nft(8) "VERDICT STATEMENT"; Linux ``net/netfilter/nf_tables_core.c`` (a rule ends at the
first expression that does not hold), ``nft_nat.c`` (an empty lookup ends the rule, too).
"""

from __future__ import annotations

from typing import Any

from ...value import Mutable, Value, field
from ..walk import Rule
from .fields import ABSENT, UNKNOWN
from .ruleset import Chain, Ruleset, Statement
from .subject import Subject
from .values import Reader, Several

Json = Any

#: Verdicts that end a base chain.
FINAL = ("accept", "drop", "reject", "queue")
_NAT = ("dnat", "snat", "masquerade", "redirect")
_DEPTH = 16


class Translation(Value):
    """What a NAT statement wants: `address` "" and `port` 0 leave that as it is."""

    kind: str
    address: str = ""
    port: int = 0
    choices: int = 1


class Hit(Value):
    """A rule that matched, or the policy of a base chain. `verdict` is ``continue`` for a rule
    that only counts or changes something. `sure` False: whether it matches cannot be known."""

    rule: Rule
    verdict: str
    policy: bool = False
    sure: bool = True
    translation: Translation | None = None


class Outcome(Mutable, frozen=False):
    """What a base chain has made of a packet. `reject` is how it is told to the sender."""

    verdict: str = ""
    hits: list[Hit] = field(default_factory=list)
    translation: Translation | None = None
    reject: str = ""
    sure: bool = True


def follow(ruleset: Ruleset, chain: Chain, subject: Subject) -> Outcome:
    """A packet through a base chain, with all that it jumps to."""
    outcome = Outcome()
    _run(ruleset, chain, subject, outcome, 0)
    if outcome.verdict not in FINAL and outcome.translation is None:
        outcome.verdict = chain.policy
        outcome.hits.append(Hit(chain.end, chain.policy, policy=True))
    return outcome


def _run(ruleset: Ruleset, chain: Chain, subject: Subject, outcome: Outcome, depth: int) -> str:
    """The rules of one chain in turn. Returns the verdict that ends the walk through chains, or
    ``return`` if the caller goes on."""
    for statement in chain.rules:
        run = _Run(ruleset, chain, subject, outcome)
        verdict = run.rule(statement)
        if verdict in FINAL or outcome.translation:
            outcome.verdict = verdict
            return verdict
        if verdict == "return":
            return "return"
        word, _, target = verdict.partition(" ")
        if word in ("jump", "goto"):
            other = ruleset.chain(chain, target)
            if other and depth < _DEPTH:
                deeper = _run(ruleset, other, subject, outcome, depth + 1)
                if deeper != "return":
                    return deeper
            if word == "goto":
                return "return"
    return "return"


#: Targets of iptables that change nothing that the way of a packet depends on.
_HARMLESS = ("LOG", "NFLOG", "TCPMSS", "CHECKSUM", "TRACE", "DSCP", "TOS", "CLASSIFY", "AUDIT")


class _Run:
    """One rule and one packet."""

    def __init__(self, ruleset: Ruleset, chain: Chain, subject: Subject, outcome: Outcome) -> None:
        self._subject, self._outcome = subject, outcome
        self._read = Reader(ruleset, chain, subject)
        self._sure = True

    def rule(self, statement: Statement) -> str:
        """What comes of a rule: a verdict, ``continue``, or "" if it does not match."""
        verdict, translation = "continue", None
        for part in statement.parts:
            ((name, body),) = part.items()
            if name in _NAT:
                translation = self._translation(name, body or {})
                if translation is None:
                    return self._unmatched(statement)
                verdict = name
                break
            if name == "xt" and (body or {}).get("name") == "MASQUERADE":
                verdict, translation = "masquerade", Translation("masquerade")
                break
            said = self._part(name, body)
            if said == "":
                return self._unmatched(statement)
            verdict = said if said != "continue" else verdict
            if verdict != "continue":
                break
        self._note(statement.rule, verdict, translation)
        return verdict

    def _note(self, rule: Rule, verdict: str, translation: Translation | None) -> None:
        if not self._sure and verdict == "continue":
            self._sure = True
        self._outcome.sure &= self._sure
        self._outcome.translation = translation
        self._outcome.hits.append(
            Hit(rule, verdict, sure=self._outcome.sure, translation=translation)
        )

    def _unmatched(self, statement: Statement) -> str:
        """It did not match; if that was a guess and it would have decided, nothing is sure."""
        if not self._sure and _decides(statement):
            self._outcome.sure = False
        return ""

    def _part(self, name: str, body: Json) -> str:
        """One statement: a verdict, ``continue``, or "" if the rule ends here."""
        if name == "match":
            return self._told(self._read.matches(body))
        if name in ("accept", "drop", "return"):
            return name
        if name in ("jump", "goto"):
            return f"{name} {body['target']}"
        made = getattr(self, f"_do_{name}", None)
        said: str = made(body) if made else "continue"
        return said

    def _told(self, matches: bool | None) -> str:
        """What cannot be known is guessed: such a rule is about connections that are known."""
        if matches is None:
            self._sure = False
            matches = self._subject.state in ("established", "related")
        return "continue" if matches else ""

    def _do_vmap(self, body: Json) -> str:
        found = self._read.look_up(body)
        if found is ABSENT:
            return ""
        if found is UNKNOWN:
            return self._told(None) and "continue"
        if isinstance(found, Several):
            found = self._subject.pick(found.options)
        ((name, inside),) = found.items()
        return self._part(name, inside)

    def _do_reject(self, body: Json) -> str:
        body = body or {}
        self._outcome.reject = body.get("expr") or body.get("type") or "port-unreachable"
        return "reject"

    def _do_limit(self, body: Json) -> str:
        """One packet is below every limit."""
        return "" if body.get("inv") else "continue"

    def _do_queue(self, body: Json) -> str:
        self._sure = False
        return "queue"

    def _do_mangle(self, body: Json) -> str:
        key = body["key"]
        value = self._read.value(body["value"])
        if not isinstance(value, int):
            self._sure = self._sure and "payload" not in key
        elif key.get("meta", {}).get("key") == "mark":
            self._subject.mark = value
        elif key.get("ct", {}).get("key") == "mark" and self._subject.flow:
            self._subject.flow.mark = value
        return "continue"

    def _do_notrack(self, body: Json) -> str:
        self._subject.state, self._subject.flow = "untracked", None
        return "continue"

    def _do_xt(self, body: Json) -> str:
        """iptables' own matches and targets: nft shows their names and not what they want. What
        SNAT or DNAT make of a packet cannot be known, nor what comes after."""
        body = body or {}
        if body.get("type") != "target":
            return self._told(None)
        self._sure = False
        self._outcome.sure &= body.get("name") in _HARMLESS
        return "reject" if body.get("name") == "REJECT" else "continue"

    def _translation(self, kind: str, body: Json) -> Translation | None:
        address = self._read.value(body["addr"]) if "addr" in body else ""
        port = self._read.value(body["port"]) if "port" in body else 0
        family = body.get("family", self._subject.family)
        if ABSENT in (address, port) or family != self._subject.family:
            return None
        if UNKNOWN in (address, port):
            return None if not self._told(None) else Translation(kind)
        choices = len(address.options) if isinstance(address, Several) else 1
        if isinstance(address, Several):
            address = self._subject.pick(address.options)
        if isinstance(port, Several):
            port = 0 if kind in ("masquerade", "snat") else self._subject.pick(port.options)
        if isinstance(address, tuple):
            address, port = address
        return Translation(kind, str(address), int(port), choices)


def _decides(statement: Statement) -> bool:
    last = statement.parts[-1].keys() if statement.parts else set()
    quiet = {"counter", "log", "mangle", "match"}
    return not last <= quiet
