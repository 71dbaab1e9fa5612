"""Rules of others that would stop what ours let through.

An accept is final in its own base chain only; a drop in any base chain of the hook is the end of
the packet (nft(8), "Verdict statements"). So another firewall's drop always wins.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...kernel.legacy import LegacyChain
from ...value import Value
from .finding import BROKEN, NOTE, OK, UNSEEN, WARNING, Finding
from .machine import Machine

#: What a drop in a hook does to containers.
_HOOKS = {
    "forward": "containers reach nothing beyond the host, and nobody reaches their published ports",
    "input": "containers do not reach services of the host, nor the host's calls their answers",
    "output": "the host does not reach containers",
}
LEGACY, IPTABLES = "iptables-legacy", "iptables-nft"

Objects = Sequence[Mapping[str, Any]]


class Base(Value):
    """A base chain of somebody else's that drops: all that nothing before has accepted (its policy
    is drop, or its last rule), or by `rules` that are not judged here. `passed`: the interfaces
    that rules of its table speak of. `owner` is the program whose table it is, as far as that can
    be told."""

    family: str
    table: str
    chain: str
    hook: str
    policy: str
    rules: int
    passed: frozenset[str]
    closed: bool = False
    owner: str = ""

    @property
    def name(self) -> str:
        """As nft calls it."""
        return f"{self.family} {self.table} {self.chain}"


def check(machine: Machine) -> Iterator[Finding]:
    """Tables of nftables (iptables-nft's are among them), then those of iptables-legacy."""
    if not machine.root:
        mend = ("sudo nsnet doctor",)
        yield Finding(
            UNSEEN, "firewalls", "other firewalls not looked at", "only root sees them", mend
        )
        return
    found = [*foreign(machine.survey.ruleset("")), *_legacy(machine.legacy)]
    for base in found:
        yield judge(base, _bridges(machine, base.family))
    if not found:
        yield Finding(OK, "firewalls", "no other firewall drops what nsnet lets through")


def _bridges(machine: Machine, family: str) -> list[str]:
    """The bridges whose packets pass a table of this family."""
    with_4 = {each.device: each.v4 is not None for each in machine.bridges}
    with_6 = {each.device: each.v6 is not None for each in machine.bridges}
    return [
        device
        for device in with_4
        if (family != "ip6" and with_4[device]) or (family in ("ip6", "inet") and with_6[device])
    ]


def _legacy(chains: Sequence[LegacyChain]) -> Iterator[Base]:
    """iptables-legacy keeps its rules where nftables does not see them."""
    for each in chains:
        if each.policy == "drop" or each.drops:
            yield Base(
                "ip",
                "filter",
                each.name,
                each.name.lower(),
                each.policy,
                each.drops,
                each.passed,
                each.policy == "drop",
                LEGACY,
            )


def foreign(objects: Objects) -> Iterator[Base]:
    """The base chains of others that may drop in a hook that packets of containers pass."""
    bodies = [(kind, body) for item in objects for kind, body in item.items()]
    rules = [body for kind, body in bodies if kind == "rule"]
    for kind, body in bodies:
        if kind != "chain" or body.get("hook") not in _HOOKS or body["table"].startswith("nsnet"):
            continue
        if body["family"] not in ("ip", "ip6", "inet"):
            continue
        own = [r for r in rules if (r["family"], r["table"]) == (body["family"], body["table"])]
        drops = sum(_drops(rule["expr"]) for rule in _reached(own, body["name"]))
        policy = body.get("policy", "accept")
        closed = policy == "drop" or any(_ends(r) for r in own if r["chain"] == body["name"])
        if drops or closed:
            head = (body["family"], body["table"], body["name"], body["hook"])
            passed = frozenset(name for rule in own for name in _interfaces(rule["expr"]))
            yield Base(*head, policy, drops, passed, closed, _owner(body, bodies))


def _owner(chain: Mapping[str, Any], bodies: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Whose table it is, by the names of its chains."""
    table = (chain["family"], chain["table"])
    if chain["table"].startswith("firewalld"):
        return "firewalld"
    found = {b["name"] for k, b in bodies if k == "chain" and (b["family"], b["table"]) == table}
    if any(name.startswith(("ufw-", "ufw6-")) for name in found):
        return "ufw"
    if "DOCKER-USER" in found and chain["hook"] == "forward":
        return "Docker"
    named = chain["table"] == "filter" and chain["name"] in ("INPUT", "FORWARD", "OUTPUT")
    return IPTABLES if named else ""


def _reached(rules: Sequence[Mapping[str, Any]], chain: str) -> list[Mapping[str, Any]]:
    """The rules of a chain and of those that it jumps to."""
    found, todo, seen = [], [chain], set()
    while todo:
        name = todo.pop()
        seen.add(name)
        for rule in rules:
            if rule["chain"] == name:
                found.append(rule)
                todo += [each for each in _targets(rule["expr"]) if each not in seen]
    return found


def _targets(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for kind, body in value.items():
            if kind in ("jump", "goto") and isinstance(body, dict):
                yield body["target"]
            else:
                yield from _targets(body)
    elif isinstance(value, list):
        for each in value:
            yield from _targets(each)


def _drops(value: Any) -> bool:
    """Does a rule drop or reject, be it by a map of verdicts in it? iptables-nft's REJECT is an
    ``xt`` statement."""
    if isinstance(value, list):
        return any(map(_drops, value))
    if not isinstance(value, dict):
        return False
    if "drop" in value or "reject" in value or value.get("xt", {}).get("name") == "REJECT":
        return True
    return any(map(_drops, value.values()))


def _ends(rule: Mapping[str, Any]) -> bool:
    """Does it drop or reject whatever comes so far?"""
    kinds = {kind for part in rule["expr"] for kind in part}
    return _drops(rule["expr"]) and kinds <= {"counter", "drop", "reject", "xt", "log"}


def _interfaces(value: Any) -> Iterator[str]:
    """Names of interfaces that matches compare with."""
    if isinstance(value, dict):
        match = value.get("match")
        if isinstance(match, dict) and "ifname" in str(match.get("left")):
            right = match["right"]
            names = right["set"] if isinstance(right, dict) and "set" in right else [right]
            yield from (each for each in names if isinstance(each, str))
    elif isinstance(value, list):
        for each in value:
            yield from _interfaces(each)


def judge(base: Base, bridges: Sequence[str]) -> Finding:
    """What a foreign chain means for the networks that are up on these bridges."""
    whose = f" ({base.owner})" if base.owner else ""
    left = [b for b in bridges if not any(fnmatch.fnmatch(b, each) for each in base.passed)]
    few = base.rules == 1
    count = f"{base.rules} {'rule that drops or rejects' if few else 'rules that drop or reject'}"
    how = "policy drop" if base.policy == "drop" else "drops the rest" if base.closed else count
    what = f"{base.name}{whose}: hook {base.hook}, {how}"
    if not base.closed:
        breaks = f"where they match: {_HOOKS[base.hook]}"
        return Finding(NOTE, "firewall", what, breaks, (_look(base),))
    if bridges and not left:
        return Finding(NOTE, "firewall", f"{what}; it has rules for nsnet's bridges")
    level = BROKEN if base.hook == "forward" and left else WARNING
    return Finding(level, "firewall", what, _HOOKS[base.hook], _mend(base, left))


def _look(base: Base) -> str:
    if base.owner == LEGACY:
        return f"sudo iptables-legacy -vS {base.chain}"
    return f"sudo nft -a list chain {base.name}"


def _mend(base: Base, left: Sequence[str]) -> tuple[str, ...]:
    """Let the bridges through, with the program that the table belongs to."""
    names = list(left) or ["nsnet0", "br-*"]
    sides = {"forward": ("i", "o"), "input": ("i",), "output": ("o",)}[base.hook]
    each = [(name, side) for name in names for side in sides]
    plus = [(name.replace("*", "+"), side) for name, side in each]
    if base.owner == "firewalld":
        return tuple(f"sudo firewall-cmd --zone=trusted --add-interface={name}" for name in names)
    if base.owner == "ufw":
        route = "route " if base.hook == "forward" else ""
        words = {"i": "in", "o": "out"}
        return tuple(f"sudo ufw {route}allow {words[side]} on {name}" for name, side in plus)
    if base.owner in ("Docker", IPTABLES, LEGACY):
        program = "iptables-legacy" if base.owner == LEGACY else "iptables"
        program = program if base.family == "ip" else "ip6tables"
        chain = "DOCKER-USER" if base.owner == "Docker" else base.chain
        return tuple(f"sudo {program} -I {chain} -{side} {name} -j ACCEPT" for name, side in plus)
    return tuple(
        f"sudo nft insert rule {base.name} {side}ifname '\"{name}\"' accept" for name, side in each
    )
