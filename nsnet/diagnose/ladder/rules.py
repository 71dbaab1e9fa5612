"""Looking for rules in a ruleset: which hooks a chain is reached from, what a rule speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from ...kernel.survey import Survey
from ...value import Value
from ..nft import Chain, Ruleset, Statement
from ..walk import Rule

_XT = {"DNAT": "dnat", "REDIRECT": "redirect", "MASQUERADE": "masquerade", "SNAT": "snat"}


class Placed(Value):
    """A rule, its chain, and the hooks that lead to it (none: nobody jumps there)."""

    statement: Statement
    chain: Chain
    hooks: frozenset[str]


def placed(survey: Survey, space: str) -> list[Placed]:
    """Every rule of a namespace."""
    rules = Ruleset(survey.ruleset(space))
    hooks = _hooks(rules)
    return [
        Placed(statement, chain, frozenset(hooks.get(key, ())))
        for key, chain in rules.chains.items()
        for statement in chain.rules
    ]


def translations(survey: Survey, space: str, *kinds: str) -> Iterator[Placed]:
    """The rules that translate addresses: ``dnat``, ``redirect``, ``snat``, ``masquerade``."""
    for each in placed(survey, space):
        if does(each.statement) in kinds:
            yield each


def does(statement: Statement) -> str:
    """What a rule does in the end: a verdict, a translation, or ""."""
    for part in reversed(statement.parts):
        ((name, body),) = part.items()
        if name in ("dnat", "redirect", "snat", "masquerade", "accept", "drop", "reject"):
            return str(name)
        if name == "xt" and isinstance(body, dict):
            target = str(body.get("name", ""))
            return _XT.get(target, target.lower())
    return ""


def matches(statement: Statement) -> list[Any]:
    """What a rule asks for, as nft has it."""
    return [part["match"] for part in statement.parts if "match" in part]


def speaks_of(rules: Ruleset, one: Placed, *words: object) -> bool:
    """Does a rule have one of these constants, itself or in a set or map that it uses?"""
    wanted = {str(word) for word in words}
    for part in one.statement.parts:
        if "counter" in part:
            continue
        for constant in _constants(part):
            if str(constant) in wanted:
                return True
            if isinstance(constant, str) and constant.startswith("@"):
                elements = rules.elements(one.chain, constant)
                if not wanted.isdisjoint(map(str, _constants(elements))):
                    return True
    return False


def called_at(rules: Ruleset, one: Placed, port: int) -> set[str]:
    """The addresses whose calls of a port a rule is for; empty if it is for all, or not sure."""
    found: set[str] = set()
    for part in one.statement.parts:
        match = part.get("match", {})
        left, right = match.get("left"), match.get("right")
        if isinstance(left, dict) and left.get("payload", {}).get("field") == "daddr":
            if match.get("op") != "==" or not isinstance(right, str) or not _is_address(right):
                return set()
            found.add(right)
        for name in _constants({} if match or "counter" in part else part):
            if isinstance(name, str) and name.startswith("@"):
                for element in rules.elements(one.chain, name):
                    key = list(_constants(element[0] if isinstance(element, list) else element))
                    if str(port) in map(str, key):
                        found |= {str(each) for each in key if _is_address(str(each))}
    return found


def mapped(survey: Survey, space: str, rule: Rule, port: int) -> tuple[str, int]:
    """The address and port that a rule's map has for a published port; ("", 0) if none."""
    rules = Ruleset(survey.ruleset(space))
    chain = rules.chains.get((rule.family, rule.table, rule.chain))
    names = [word for word in rule.text.split() if word.startswith("@")]
    for name in names if chain else ():
        for element in rules.elements(chain, name) if chain else ():
            if not isinstance(element, list) or len(element) != 2:
                continue
            if str(port) in map(str, _constants(element[0])):
                found = [str(each) for each in _constants(element[1])]
                addresses = [each for each in found if _is_address(each)]
                ports = [int(each) for each in found if each.isdigit()]
                return (addresses or [""])[0], (ports or [0])[0]
    return "", 0


def _is_address(text: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(text))
    return False


def _constants(value: Any) -> Iterator[object]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _constants(inside) if name not in ("op", "field", "protocol") else ()
    elif isinstance(value, list):
        for inside in value:
            yield from _constants(inside)
    elif value is not None:
        yield value


def _hooks(rules: Ruleset) -> dict[tuple[str, str, str], set[str]]:
    """From which hooks each chain is reached."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for key, chain in rules.chains.items():
        if chain.hook:
            _spread(rules, key, chain.hook, found)
    return found


def _spread(
    rules: Ruleset,
    key: tuple[str, str, str],
    hook: str,
    found: dict[tuple[str, str, str], set[str]],
) -> None:
    if hook in found.setdefault(key, set()) or key not in rules.chains:
        return
    found[key].add(hook)
    chain = rules.chains[key]
    for statement in chain.rules:
        for part in statement.parts:
            for name in _targets(rules, chain, part):
                _spread(rules, (*key[:2], name), hook, found)


def _targets(rules: Ruleset, chain: Chain, value: Any) -> Iterator[str]:
    """The chains that a statement may lead to."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if name in ("jump", "goto"):
                yield inside["target"]
            else:
                yield from _targets(rules, chain, inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _targets(rules, chain, inside)
    elif isinstance(value, str) and value.startswith("@"):
        yield from _targets(rules, chain, rules.elements(chain, value))
