"""The rules of a namespace by what they do: which masquerade whom, which publish what, which
accept, which drop. As far as people and Docker write them; what else there is, is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from ipaddress import IPv4Network, ip_network
from typing import Any

from ..kernel.chain import Line, lines
from ..kernel.nft import Nft
from ..plan.steps.fault.rule import ChangeRule, DropRule, PutRule
from ..plan.steps.fault.table import Policy
from ..value import Value, field

_LOOPBACK = IPv4Network("127.0.0.0/8")
_OURS = "fault-"


class Chain(Value):
    """A chain; `hook` is empty if it is only jumped to."""

    family: str
    table: str
    name: str
    kind: str = ""
    hook: str = ""
    priority: int = 0
    policy: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it."""
        return (self.family, self.table, self.name)


class Rule(Value):
    """A rule and its chain. `hooks` are those from which a packet comes to it."""

    chain: Chain
    handle: int
    expr: tuple[Any, ...] = field(compare=False)
    hooks: tuple[str, ...] = ()

    def has(self, word: str) -> bool:
        """Does it have such a statement?"""
        return any(word in each for each in self.expr)

    def value(self, word: str) -> Any:
        """What a statement says."""
        return next((each[word] for each in self.expr if word in each), None)

    def match(self, kind: str, name: str) -> tuple[str, Any] | None:
        """What it asks of ``meta iifname``, ``ip saddr``, ``tcp dport``, …: (operator, value)."""
        for each in self.expr:
            left = each.get("match", {}).get("left", {})
            found = left.get(kind) if isinstance(left, dict) else None
            if found and name in (found.get("key"), found.get("field")):
                return each["match"]["op"], each["match"]["right"]
        return None

    def network(self, name: str) -> IPv4Network | None:
        """The IPv4 network that ``ip saddr`` or ``ip daddr`` asks for."""
        found = self.match("payload", name)
        if found is None or found[0] != "==":
            return None
        right = found[1]
        if isinstance(right, dict) and "prefix" in right:
            right = f"{right['prefix']['addr']}/{right['prefix']['len']}"
        try:
            network = ip_network(right, strict=False)
        except (ValueError, TypeError):
            return None
        return network if isinstance(network, IPv4Network) else None

    def concerns(self, network: IPv4Network, device: str) -> bool:
        """May it be about what a network sends? What asks for another source is not."""
        source = self.network("saddr")
        if source is not None and not source.overlaps(network):
            return False
        found = self.match("meta", "iifname")
        return found is None or found[0] != "==" or found[1] in (device, "*")

    @property
    def established(self) -> bool:
        """Does it accept the answers of known connections?"""
        found = self.match("ct", "state")
        return self.has("accept") and found is not None and "established" in str(found[1])


class Firewall:
    """The rules of one namespace. What faults have added is not seen."""

    def __init__(self, space: str, nft: Nft, objects: list[dict[str, Any]]) -> None:
        self.space, self._nft, self._objects = space, nft, objects
        self._lines: dict[tuple[str, str, str], tuple[Line, ...]] = {}

    @cached_property
    def chains(self) -> dict[tuple[str, str, str], Chain]:
        """Every chain of the families that see IPv4."""
        found = {}
        for each in self._objects:
            body = each.get("chain")
            if not body or body["family"] not in ("ip", "inet") or body["table"].startswith(_OURS):
                continue
            more = (body.get("type", ""), body.get("hook", ""), _priority(body.get("prio", 0)))
            chain = Chain(
                body["family"], body["table"], body["name"], *more, body.get("policy", "")
            )
            found[chain.key] = chain
        return found

    @cached_property
    def rules(self) -> list[Rule]:
        """Every rule, in the order of the listing."""
        hooks = self._hooks()
        found = []
        for each in self._objects:
            body = each.get("rule")
            chain = body and self.chains.get((body["family"], body["table"], body["chain"]))
            if chain and body:
                expr = tuple(e if isinstance(e, dict) else {str(e): None} for e in body["expr"])
                found.append(Rule(chain, body["handle"], expr, hooks.get(chain.key, ())))
        return found

    def maps(self) -> Iterator[dict[str, Any]]:
        """Every map with its elements."""
        yield from (each["map"] for each in self._objects if "map" in each)

    def base(self, kind: str, hook: str) -> list[Chain]:
        """The base chains of a hook."""
        return [c for c in self.chains.values() if (c.kind, c.hook) == (kind, hook)]

    def of(self, chain: Chain) -> list[Rule]:
        """The rules of one chain."""
        return [rule for rule in self.rules if rule.chain == chain]

    def masquerades(
        self, network: IPv4Network, device: str, purpose: str, label: str
    ) -> list[Rule]:
        """The rules that rewrite the source of what `network` sends: ``out``, into the world;
        ``hairpin``, back to itself; ``loopback``, what the host sends from 127.0.0.1. `label` is
        what nsnet calls the network."""
        found = []
        for rule in self.rules:
            if not (rule.has("masquerade") or rule.has("snat")):
                continue
            if self._purpose(rule) == purpose and (
                (purpose == "loopback" and _leaves_by(rule, device))
                or rule.concerns(network, device)
            ):
                found.append(rule)
        if purpose == "loopback":
            mine = [r for r in found if r.chain.name == f"nat-to-{label}"]
            return mine or found
        return found

    def _purpose(self, rule: Rule) -> str:
        source, target = rule.network("saddr"), rule.network("daddr")
        if source and source.overlaps(_LOOPBACK):
            return "loopback"
        if rule.match("ct", "status") or (source and target and source.overlaps(target)):
            return "hairpin"
        return "out"

    def line(self, rule: Rule) -> tuple[tuple[Line, ...], int]:
        """A rule's chain in words, and its place there."""
        key = rule.chain.key
        if key not in self._lines:
            self._lines[key] = lines(self._nft, *key)
        before = self._lines[key]
        return before, next(i for i, each in enumerate(before) if each.handle == rule.handle)

    def drop(self, rule: Rule, reason: str) -> DropRule:
        """The step that takes a rule away."""
        before, index = self.line(rule)
        return DropRule(self.space, *rule.chain.key, before, index, reason)

    def change(self, rule: Rule, text: str, reason: str) -> ChangeRule:
        """The step that gives a rule other words."""
        before, index = self.line(rule)
        return ChangeRule(self.space, *rule.chain.key, before[index], text, reason)

    def put(self, chain: Chain, text: str, number: int, reason: str, at: int | None = 0) -> PutRule:
        """The step that adds a rule: at the beginning, before the handle `at`, or (None) at the
        end."""
        where = (at == 0, at or 0)
        return PutRule(self.space, *chain.key, text, number, *where, reason)

    def policy(self, chain: Chain, policy: str) -> Policy:
        """The step that changes the last word of a chain."""
        hook = f"type {chain.kind} hook {chain.hook} priority {chain.priority};"
        return Policy(self.space, *chain.key, hook, policy, chain.policy or "accept")

    def _hooks(self) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """From which hooks each chain is reached, by jumps and by maps of verdicts."""
        leads: dict[tuple[str, str, str], set[tuple[str, str, str]]] = {}
        for each in self._objects:
            body = each.get("rule")
            if body and (body["family"], body["table"], body["chain"]) in self.chains:
                key = (body["family"], body["table"], body["chain"])
                for target in self._targets(body["expr"], key[0], key[1]):
                    leads.setdefault(key, set()).add((key[0], key[1], target))
        found: dict[tuple[str, str, str], tuple[str, ...]] = {}
        for chain in self.chains.values():
            waiting, seen = [chain.key] if chain.hook else [], set()
            while waiting:
                key = waiting.pop()
                if key not in seen:
                    seen.add(key)
                    found[key] = tuple(dict.fromkeys((*found.get(key, ()), chain.hook)))
                    waiting += leads.get(key, ())
        return found

    def _targets(self, expr: Any, family: str, table: str) -> Iterator[str]:
        if isinstance(expr, list):
            for each in expr:
                yield from self._targets(each, family, table)
        elif isinstance(expr, dict):
            for word, body in expr.items():
                if word in ("jump", "goto"):
                    yield body["target"]
                elif word == "vmap" and isinstance(body.get("data"), str):
                    name = body["data"].removeprefix("@")
                    for each in self.maps():
                        if (each["family"], each["table"], each["name"]) == (family, table, name):
                            yield from self._targets(each.get("elem", []), family, table)
                else:
                    yield from self._targets(body, family, table)


def _leaves_by(rule: Rule, device: str) -> bool:
    found = rule.match("meta", "oifname")
    return found is None or found == ("==", device)


def _priority(value: Any) -> int:
    return value if isinstance(value, int) else 0
