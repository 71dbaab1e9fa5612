"""Tables, chains, rules and sets of one network stack, out of nft's JSON.

Source: libnftables-json(5).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...value import Value
from ..walk import Rule
from .words import text_of

#: What nft calls an expression, a statement or an element.
Json = Any

#: All NAT chains of a hook run at one place, whatever priority they were given; that only orders
#: them among themselves (Linux ``net/netfilter/nf_nat_core.c``, ``nf_nat_proto.c``).
NAT_PRIORITY = {"prerouting": -100, "output": -100, "input": 100, "postrouting": 100}

#: The families whose chains see an IP packet of a family.
_SEES = {"ip": ("ip", "inet"), "ip6": ("ip6", "inet"), "bridge": ("bridge",)}


class Statement(Value):
    """One rule: its expressions as nft has them, and as people see it."""

    rule: Rule
    parts: tuple[Json, ...]


class Chain(Value):
    """A chain. Base chains have a `hook` (``prerouting`` …); `kind` is ``filter``, ``nat`` or
    ``route``, `policy` what becomes of a packet about which no rule decides."""

    family: str
    table: str
    name: str
    rules: tuple[Statement, ...]
    hook: str = ""
    kind: str = ""
    priority: int = 0
    policy: str = "accept"

    @property
    def place(self) -> int:
        """Where in its hook it runs."""
        return NAT_PRIORITY.get(self.hook, 0) if self.kind == "nat" else self.priority

    @property
    def end(self) -> Rule:
        """What stands for its policy in the story of a packet."""
        return Rule(self.family, self.table, self.name, text=f"policy {self.policy}")


class Ruleset:
    """All of one network stack."""

    def __init__(self, objects: Iterable[dict[str, Json]]) -> None:
        chains: dict[tuple[str, str, str], dict[str, Json]] = {}
        rules: dict[tuple[str, str, str], list[Statement]] = {}
        self._elements: dict[tuple[str, str, str], list[Json]] = {}
        asleep = set()
        for item in objects:
            ((kind, body),) = item.items()
            if kind == "table" and "dormant" in (body.get("flags") or ()):
                asleep.add((body["family"], body["name"]))
            elif kind == "chain":
                chains[_key(body)] = body
            elif kind == "rule":
                where = (body["family"], body["table"], body["chain"])
                rules.setdefault(where, []).append(_statement(body))
            elif kind in ("set", "map"):
                self._elements[_key(body)] = body.get("elem", [])
        self.chains = {
            key: _chain(body, tuple(rules.get(key, ())))
            for key, body in chains.items()
            if key[:2] not in asleep
        }

    def base(self, family: str, hook: str) -> list[Chain]:
        """The base chains that a packet of a family (``ip``, ``ip6``, ``bridge``) passes in a
        hook, in their order."""
        found = [
            chain
            for chain in self.chains.values()
            if chain.hook == hook and chain.kind and chain.family in _SEES[family]
        ]
        return sorted(found, key=lambda chain: (chain.place, chain.priority))

    def chain(self, beside: Chain, name: str) -> Chain | None:
        """Another chain of the same table."""
        return self.chains.get((beside.family, beside.table, name))

    def elements(self, chain: Chain, name: str) -> list[Json]:
        """The elements of a named set or map (``@name``) of a chain's table."""
        return self._elements.get((chain.family, chain.table, name.lstrip("@")), [])


def _key(body: dict[str, Json]) -> tuple[str, str, str]:
    return (body["family"], body["table"], body["name"])


def _chain(body: dict[str, Json], rules: tuple[Statement, ...]) -> Chain:
    priority = body.get("prio", 0)
    return Chain(
        family=body["family"],
        table=body["table"],
        name=body["name"],
        rules=rules,
        hook=body.get("hook", ""),
        kind=body.get("type", ""),
        priority=priority if isinstance(priority, int) else 0,
        policy=body.get("policy", "accept"),
    )


def _statement(body: dict[str, Json]) -> Statement:
    parts = tuple(body.get("expr", ()))
    counters = [part["counter"] for part in parts if isinstance(part.get("counter"), dict)]
    rule = Rule(
        family=body["family"],
        table=body["table"],
        chain=body["chain"],
        handle=body.get("handle", 0),
        text=text_of(parts),
        caption=body.get("comment", ""),
        packets=counters[0]["packets"] if counters else None,
    )
    return Statement(rule, parts)
