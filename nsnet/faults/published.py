"""Published ports as they stand in a firewall: rules with ``dnat``, or elements of a map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..kernel import netns
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.table import ChangeElement
from ..value import Value
from .errors import Unfit
from .firewall import Firewall, Rule

_DNAT = re.compile(r"dnat (ip )?to \S+")


class Element(Value):
    """An element of a map that leads a port to a container."""

    family: str
    table: str
    map: str
    key: str
    comment: str
    target: str
    port: int


class Published(Value):
    """A port of the host `space` that is led to `target`:`port`: by `rules` of its own, or by
    `elements` of maps that `rules` look into."""

    space: str
    protocol: str
    number: int
    target: str
    port: int
    rules: tuple[Rule, ...]
    elements: tuple[Element, ...] = ()

    @property
    def label(self) -> str:
        """``8080``, or ``53/udp``."""
        return str(self.number) if self.protocol == "tcp" else f"{self.number}/{self.protocol}"

    def at(self, hook: str) -> list[Rule]:
        """Its rules in a hook."""
        return [rule for rule in self.rules if hook in rule.hooks]

    def removed(self, firewall: Firewall, owner: str) -> list[FaultStep]:
        """The steps that unpublish it."""
        if self.elements:
            return [self._changed(each, "", owner) for each in self.elements]
        return [firewall.drop(rule, "without it nobody leads the port to the container")
                for rule in self.rules]  # fmt: skip

    def led(self, firewall: Firewall, target: str, port: int, owner: str) -> list[FaultStep]:
        """The steps that lead it elsewhere."""
        if self.elements:
            value = f"{target} . {port}"
            return [self._changed(each, value, owner) for each in self.elements]
        steps: list[FaultStep] = []
        for rule in self.rules:
            before, index = firewall.line(rule)
            text, count = _DNAT.subn(f"dnat to {target}:{port}", before[index].text)
            if not count:
                raise Unfit(f"its rule is not understood: {before[index].text}")
            if rule.chain.family == "inet":
                text = text.replace("dnat to", "dnat ip to")
            steps.append(firewall.change(rule, text, "the port is led to the wrong place"))
        return steps

    def _changed(self, one: Element, value: str, owner: str) -> ChangeElement:
        old = f"{one.target} . {one.port}"
        inode = netns.inode(owner) if owner else 0
        where = (self.space, one.family, one.table, one.map, one.key)
        return ChangeElement(*where, old, value, one.comment, owner, inode)


def published(firewall: Firewall) -> list[Published]:
    """The ports that a firewall publishes, by number."""
    found: dict[tuple[str, int, str, int], tuple[list[Rule], list[Element]]] = {}
    for rule in firewall.rules:
        if "output" not in rule.hooks and "prerouting" not in rule.hooks:
            continue
        for protocol, number, target, port, element in _leads(firewall, rule):
            rules, elements = found.setdefault((protocol, number, target, port), ([], []))
            rules.append(rule)
            if element and element not in elements:
                elements.append(element)
    made = [
        Published(firewall.space, *key, tuple(rules), tuple(elements))
        for key, (rules, elements) in found.items()
    ]
    return sorted(made, key=lambda port: (port.protocol != "tcp", port.number))


def _leads(firewall: Firewall, rule: Rule) -> Iterator[tuple[str, int, str, int, Element | None]]:
    to = rule.value("dnat")
    if not isinstance(to, dict):
        return
    address = to.get("addr")
    if isinstance(address, str):
        for protocol in ("tcp", "udp"):
            asked = _dport(rule, protocol)
            if asked:
                yield protocol, asked, address, int(to.get("port") or asked), None
    elif isinstance(address, dict) and isinstance(address.get("map", {}).get("data"), str):
        name = address["map"]["data"].removeprefix("@")
        for each in firewall.maps():
            if (each["family"], each["table"], each["name"]) == (*rule.chain.key[:2], name):
                yield from _elements(each)


def _dport(rule: Rule, protocol: str) -> int:
    for each in rule.expr:
        left = each.get("match", {}).get("left", {})
        asked = left.get("payload", {}) if isinstance(left, dict) else {}
        if asked.get("field") == "dport" and asked.get("protocol") in (protocol, "th"):
            right = each["match"]["right"]
            return right if isinstance(right, int) and each["match"]["op"] == "==" else 0
    return 0


def _elements(one: dict[str, Any]) -> Iterator[tuple[str, int, str, int, Element | None]]:
    for each in one.get("elem", ()):
        if not isinstance(each, list) or len(each) != 2:
            continue
        key, value = each
        comment = ""
        if isinstance(key, dict) and "elem" in key:
            comment, key = key["elem"].get("comment", ""), key["elem"]["val"]
        words = key.get("concat", []) if isinstance(key, dict) else []
        where = value.get("concat", []) if isinstance(value, dict) else []
        if len(words) < 2 or len(where) != 2 or ":" in str(where[0]):
            continue
        protocol, number = str(words[-2]), words[-1]
        text = " . ".join(map(str, words))
        element = Element(one["family"], one["table"], one["name"], text, comment, *where)
        yield protocol, int(number), str(where[0]), int(where[1]), element
