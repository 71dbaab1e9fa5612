"""Rules of others that would stop what ours let through.

An accept is final in its own base chain only; a drop in any base chain of the hook is the end of
the packet (nft(8), "Verdict statements"). So another firewall's drop always wins.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...value import Value
from .finding import BROKEN, NOTE, OK, UNSEEN, WARNING, Finding
from .machine import Machine

#: What a drop in a hook does to containers.
_HOOKS = {
    "forward": "containers reach nothing beyond the host, and nobody reaches their published ports",
    "input": "containers do not reach services of the host, nor the host's calls their answers",
    "output": "the host does not reach containers",
}
_LEGACY = "/proc/net/ip_tables_names"

Objects = Sequence[Mapping[str, Any]]


class Base(Value):
    """A base chain of somebody else's that drops: by its policy, or by `rules`, whose texts are
    not judged here. `passed`: the bridges that some rule of its table speaks of."""

    family: str
    table: str
    chain: str
    hook: str
    policy: str
    rules: int
    passed: frozenset[str]

    @property
    def name(self) -> str:
        """As nft calls it."""
        return f"{self.family} {self.table} {self.chain}"


def check(machine: Machine) -> Iterator[Finding]:
    """Tables of nftables (iptables-nft's are among them), then those of iptables-legacy."""
    if not machine.root:
        why = "only root sees them"
        yield Finding(
            UNSEEN, "firewalls", "other firewalls not looked at", why, ("sudo nsnet doctor",)
        )
        return
    bridges = [each.device for each in machine.bridges]
    found = list(foreign(machine.survey.ruleset("")))
    for base in found:
        yield judge(base, bridges)
    yield from _legacy(machine.text(_LEGACY).split())
    if not found:
        yield Finding(OK, "firewalls", "no other firewall drops what nsnet lets through")


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
        drops = sum(_drops(rule) for rule in _reached(own, body["name"]))
        if drops or body.get("policy") == "drop":
            head = (body["family"], body["table"], body["name"], body["hook"])
            passed = frozenset(name for rule in own for name in _interfaces(rule["expr"]))
            yield Base(*head, body.get("policy", "accept"), drops, passed)


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


def _drops(rule: Mapping[str, Any]) -> bool:
    """Does it drop or reject? iptables-nft's REJECT is an `xt` statement."""
    for part in rule["expr"]:
        ((kind, body),) = part.items()
        named = body.get("name") if kind == "xt" and isinstance(body, dict) else ""
        if kind in ("drop", "reject") or named == "REJECT":
            return True
    return False


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
    owner = _owner(base)
    whose = f" ({owner})" if owner else ""
    left = [b for b in bridges if not any(fnmatch.fnmatch(b, each) for each in base.passed)]
    if base.policy == "drop":
        what = f"{base.name}{whose}: hook {base.hook}, policy drop"
        level = BROKEN if base.hook == "forward" and left else WARNING
        if bridges and not left:
            return Finding(NOTE, "firewall", f"{what}; it has rules for nsnet's bridges")
    else:
        count = f"{base.rules} rule{'' if base.rules == 1 else 's'} that drop or reject"
        what = f"{base.name}{whose}: hook {base.hook}, {count}"
        level = NOTE
    certain = "" if base.policy == "drop" else "where they match: "
    return Finding(level, "firewall", what, certain + _HOOKS[base.hook], _mend(base, owner, left))


def _owner(base: Base) -> str:
    if base.table.startswith("firewalld"):
        return "firewalld"
    if any(name.startswith("docker") for name in base.passed):
        return "Docker"
    if base.table == "filter" and base.chain == base.chain.upper():
        return "iptables-nft: ufw, Docker or your own"
    return ""


def _mend(base: Base, owner: str, left: Sequence[str]) -> tuple[str, ...]:
    """Let the bridges through, there. A rule at the head of their chain does it everywhere."""
    names = list(left) or ["nsnet0", "br-*"]
    if owner == "firewalld":
        return tuple(f"sudo firewall-cmd --zone=trusted --add-interface={name}" for name in names)
    sides = {"forward": ("iifname", "oifname"), "input": ("iifname",), "output": ("oifname",)}
    if owner == "Docker" and base.hook == "forward":
        return tuple(
            f"sudo iptables -I DOCKER-USER {side} {name.replace('*', '+')} -j ACCEPT"
            for name in names
            for side in ("-i", "-o")
        )
    return (
        *(
            f"sudo nft insert rule {base.name} {side} '\"{name}\"' accept"
            for name in names
            for side in sides[base.hook]
        ),
        f"sudo nft -a list chain {base.name}",
    )


def _legacy(tables: Sequence[str]) -> Iterator[Finding]:
    """iptables-legacy keeps its rules where nftables does not see them."""
    if "filter" in tables:
        yield Finding(
            WARNING,
            "iptables-legacy",
            "iptables-legacy has rules in table filter, which nft does not list",
            "what they drop is lost, whatever nsnet's rules say",
            ("sudo iptables-legacy -S FORWARD",),
        )
