"""Address translation as far as rules tell it plainly: which port leads where, who leaves under
another address.

Rules are objects of ``nft -j list ruleset`` (libnftables-json(5)). What iptables wrote shows its
matches, but not where its DNAT leads (nft 1.0.6): such rules are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...value import Value

_ANYWHERE = {"ip": "0.0.0.0", "ip6": "::", "inet": "0.0.0.0"}
_SIDES = {"ipv4_addr": "ip", "ipv6_addr": "ip", "inet_service": "port", "inet_proto": "protocol"}

Object = dict[str, Any]
#: What is known of a packet or of its new address: ``ip``, ``port``, ``protocol``.
Parts = dict[str, str]


class Forward(Value):
    """A port that a rule sends elsewhere; `port` is that of the new address. `own` says that the
    rule is in nsnet's table."""

    host_ip: str
    host_port: str
    protocol: str
    ip: str
    port: str
    own: bool = False


class Source(Value):
    """Packets from `subnet` ("" anybody) that leave by `device` get another source address: `to`,
    or the interface's own where that is empty. `but`: by any interface but `device`."""

    subnet: str
    device: str = ""
    but: bool = False
    to: str = ""


class Nat(Value):
    """What was found. `odd` counts rules that translate destinations and do not say where to."""

    forwards: tuple[Forward, ...] = ()
    sources: tuple[Source, ...] = ()
    odd: int = 0


def read(ruleset: Sequence[Object]) -> Nat:
    """The translations of one namespace."""
    maps = {
        (each["family"], each["table"], each["name"]): each
        for item in ruleset
        for kind, each in item.items()
        if kind == "map"
    }
    forwards: set[Forward] = set()
    sources: set[Source] = set()
    odd = 0
    for item in ruleset:
        rule = item.get("rule")
        if not rule:
            continue
        if _target(rule, "dnat", "DNAT"):
            found = list(_forwards(rule, maps))
            forwards.update(found)
            odd += not found and not _by_empty_map(rule, maps)
        elif _target(rule, "masquerade", "MASQUERADE") or _target(rule, "snat", "SNAT"):
            sources.update(_sources(rule))
    return Nat(tuple(sorted(forwards, key=repr)), tuple(sorted(sources, key=repr)), odd)


def _target(rule: Object, native: str, foreign: str) -> bool:
    return any(
        native in part or (part.get("xt") or {}).get("name") == foreign for part in rule["expr"]
    )


def _matches(rule: Object) -> Iterator[tuple[str, str, Any]]:
    """(operator, what is looked at, value): ``("==", "tcp dport", 80)``."""
    for part in rule["expr"]:
        match = part.get("match")
        if match and isinstance(match["left"], dict):
            yield match["op"], _selector(match["left"]), match["right"]


def _selector(left: Object) -> str:
    if "payload" in left:
        return f"{left['payload'].get('protocol')} {left['payload'].get('field')}"
    for kind in ("meta", "ct"):
        if kind in left:
            return f"{kind} {left[kind].get('key')}"
    return ""


def _forwards(rule: Object, maps: dict[tuple[str, str, str], Object]) -> Iterator[Forward]:
    dnat = next((part["dnat"] for part in rule["expr"] if part.get("dnat")), None)
    if dnat is None:
        return
    given = dict(_condition(rule))
    addr = dnat.get("addr")
    if isinstance(addr, dict) and "map" in addr:
        pairs = list(_pairs(rule, addr["map"], maps))
    else:
        pairs = [({}, {"ip": _value(addr), "port": _value(dnat.get("port"))})]
    for key, new in pairs:
        old = given | key
        if new.get("ip") and old.get("port"):
            yield Forward(
                old.get("ip") or _ANYWHERE.get(dnat.get("family") or rule["family"], ""),
                old["port"],
                old.get("protocol", "tcp"),
                new["ip"],
                new.get("port") or old["port"],
                rule["table"] == "nsnet",
            )


def _condition(rule: Object) -> Iterator[tuple[str, str]]:
    for operator, what, right in _matches(rule):
        protocol, _, field = what.partition(" ")
        if operator != "==" or not _value(right):
            continue
        if field == "dport":
            yield "port", _value(right)
            if protocol in ("tcp", "udp", "sctp"):
                yield "protocol", protocol
        elif field == "daddr":
            yield "ip", _value(right)
        elif what in ("meta l4proto", "ip protocol"):
            yield "protocol", _value(right)


def _pairs(
    rule: Object, lookup: Object, maps: dict[tuple[str, str, str], Object]
) -> Iterator[tuple[Parts, Parts]]:
    """The elements of a map that a rule looks a packet up in."""
    names = [_part(each) for each in _many(lookup["key"])]
    data = lookup["data"]
    after: list[str] = []
    if isinstance(data, str):
        found = maps.get((rule["family"], rule["table"], data.removeprefix("@")), {})
        after = [_SIDES.get(each, "") for each in str(found.get("map", "")).split(" . ")]
        elements = found.get("elem", ())
    else:
        elements = data.get("set", ())
    for key, value in elements:
        key = key.get("elem", {}).get("val") if isinstance(key, dict) and "elem" in key else key
        sides = after or ["ip", "port"]
        yield _named(names, key), _named(sides, value)


def _part(selector: Object) -> str:
    what = _selector(selector)
    if what.endswith(" dport"):
        return "port"
    return {"meta l4proto": "protocol"}.get(what, "ip" if what.endswith(" daddr") else "")


def _named(names: Sequence[str], value: Any) -> Parts:
    return {n: _value(v) for n, v in zip(names, _many(value), strict=False) if n}


def _many(value: Any) -> list[Any]:
    if isinstance(value, dict) and "concat" in value:
        return list(value["concat"])
    return [value]


def _value(right: Any) -> str:
    """A port, an address, a network, a range in plain text; "" for anything else."""
    if isinstance(right, str | int):
        return "" if str(right).startswith("@") else str(right)
    if isinstance(right, dict):
        if "prefix" in right:
            return f"{right['prefix']['addr']}/{right['prefix']['len']}"
        if "range" in right:
            return f"{right['range'][0]}-{right['range'][1]}"
        if right.get("set"):
            texts = [_value(each) for each in right["set"]]
            return ",".join(texts) if all(texts) else ""
    return ""


def _by_empty_map(rule: Object, maps: dict[tuple[str, str, str], Object]) -> bool:
    """Does it look its target up in a map that has no elements now?"""
    for part in rule["expr"]:
        addr = (part.get("dnat") or {}).get("addr")
        if isinstance(addr, dict) and "map" in addr and isinstance(addr["map"]["data"], str):
            name = addr["map"]["data"].removeprefix("@")
            return not maps.get((rule["family"], rule["table"], name), {}).get("elem")
    return False


def _sources(rule: Object) -> Iterator[Source]:
    """Not what merely lets answers find back (hairpin, calls of 127.0.0.1)."""
    subnet, device, but = "", "", False
    for operator, what, right in _matches(rule):
        if what == "ct status" or _value(right).startswith("127."):
            return
        if what.endswith(" saddr") and operator == "==":
            subnet = _value(right)
        elif what == "meta oifname":
            device, but = _value(right), operator == "!="
        elif what.endswith((" daddr", "port")):
            return
    snat: Object = next((part["snat"] for part in rule["expr"] if part.get("snat")), {})
    yield Source(subnet, device, but, _value(snat.get("addr")))
