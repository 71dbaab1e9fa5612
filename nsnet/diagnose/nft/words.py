"""A rule in nft's own words, out of its JSON: without counter and comment.

Not every rare expression has its words here; such a one is shown as ``(name …)``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

Json = Any

_PLAIN_META = {"iif", "oif", "iifname", "oifname", "iifgroup", "oifgroup", "mark"}
_SILENT = {"counter"}


def text_of(parts: Iterable[Json]) -> str:
    """The statements of a rule, one after another."""
    return " ".join(statement(part) for part in parts if not _SILENT & part.keys())


def statement(part: Json) -> str:
    """One statement: a match, a verdict, an action."""
    ((name, body),) = part.items()
    if name in _STATEMENTS:
        return _STATEMENTS[name](body)
    if name in ("snat", "dnat", "masquerade", "redirect"):
        return _nat(name, body)
    if body is None or body == {}:
        return str(name)
    if name in ("jump", "goto"):
        return f"{name} {body['target']}"
    return f"({name} {_short(body)})"


def expression(value: Json) -> str:
    """Something that has a value: a field of the packet, a constant, a set."""
    if isinstance(value, bool):
        return "exists" if value else "missing"
    if isinstance(value, list):
        return ",".join(map(expression, value))
    if not isinstance(value, dict):
        return str(value)
    ((name, body),) = value.items()
    made = _EXPRESSIONS.get(name)
    if made:
        return made(body)
    if name in ("|", "&", "^", "<<", ">>"):
        return f" {name} ".join(_member(each) for each in body)
    if body is None or name in ("accept", "drop", "return"):
        return str(name)
    if name in ("jump", "goto"):
        return f"{name} {body['target']}"
    return f"({name} {_short(body)})"


def _member(value: Json) -> str:
    inside = expression(value)
    joint = isinstance(value, (dict, list)) and any(sign in inside for sign in (" | ", ","))
    return f"({inside.replace(',', ' | ')})" if joint else inside


def _match(body: Json) -> str:
    left, right = expression(body["left"]), body["right"]
    quoted = _is_name(body["left"])
    shown = _quoted(right) if quoted else expression(right)
    sign = "" if body["op"] in ("==", "in") else f"{body['op']} "
    if body["op"] == "==" and isinstance(body["left"], dict) and body["left"].keys() & {"&", "|"}:
        sign = "== "
    return f"{left} {sign}{shown}"


def _is_name(left: Json) -> bool:
    meta = left.get("meta", {}) if isinstance(left, dict) else {}
    return "name" in meta.get("key", "")


def _quoted(right: Json) -> str:
    if isinstance(right, dict) and isinstance(right.get("set"), list):
        return "{ " + ", ".join(map(_quoted, right["set"])) + " }"
    return (
        f'"{right}"' if isinstance(right, str) and not right.startswith("@") else expression(right)
    )


def _meta(body: Json) -> str:
    return str(body["key"]) if body["key"] in _PLAIN_META else f"meta {body['key']}"


def _payload(body: Json) -> str:
    if "protocol" in body:
        return f"{body['protocol']} {body['field']}"
    return f"@{body.get('base')},{body.get('offset')},{body.get('len')}"


def _ct(body: Json) -> str:
    return " ".join(("ct", *([body["dir"]] if "dir" in body else []), body["key"]))


def _fib(body: Json) -> str:
    flags = body["flags"]
    return f"fib {' . '.join([flags] if isinstance(flags, str) else flags)} {body['result']}"


def _set(body: Json) -> str:
    return "{ " + ", ".join(map(_element, body if isinstance(body, list) else [body])) + " }"


def _element(item: Json) -> str:
    if isinstance(item, list) and len(item) == 2:
        return f"{expression(item[0])} : {expression(item[1])}"
    return expression(item)


def _numgen(body: Json) -> str:
    return f"numgen {body['mode']} mod {body['mod']}" + _offset(body)


def _jhash(body: Json) -> str:
    return f"jhash {expression(body['expr'])} mod {body['mod']}" + _offset(body)


def _offset(body: Json) -> str:
    return f" offset {body['offset']}" if body.get("offset") else ""


def _mapped(word: str) -> Callable[[Json], str]:
    return lambda body: f"{expression(body['key'])} {word} {expression(body['data'])}"


def _nat(name: str, body: Json) -> str:
    body = body or {}
    family = f" {body['family']}" if "family" in body else ""
    to = ""
    if "addr" in body:
        address = expression(body["addr"])
        port = f":{expression(body['port'])}" if "port" in body else ""
        to = f"{family} to " + (f"[{address}]{port}" if port and ":" in address else address + port)
    elif "port" in body:
        to = f" to :{expression(body['port'])}"
    flags = body.get("flags", [])
    return (
        name + to + "".join(f" {each}" for each in ([flags] if isinstance(flags, str) else flags))
    )


def _reject(body: Json) -> str:
    if not body:
        return "reject"
    return " ".join(("reject with", body["type"], *([body["expr"]] if "expr" in body else [])))


def _limit(body: Json) -> str:
    over = "over " if body.get("inv") else ""
    unit = f" {body['rate_unit']}" if body.get("rate_unit", "packets") != "packets" else ""
    return f"limit rate {over}{body['rate']}{unit}/{body['per']}"


def _log(body: Json) -> str:
    return f'log prefix "{body["prefix"]}"' if body and "prefix" in body else "log"


def _mangle(body: Json) -> str:
    key = expression(body["key"])
    key = f"meta {key}" if key == "mark" else key
    return f"{key} set {expression(body['value'])}"


def _xt(body: Json) -> str:
    body = body or {}
    return f"({body.get('type', 'iptables')} {body.get('name', '')}: written by iptables)"


def _short(body: Json) -> str:
    text = json.dumps(body) if isinstance(body, (dict, list)) else str(body)
    return text if len(text) <= 40 else text[:39] + "…"


_STATEMENTS: dict[str, Callable[[Json], str]] = {
    "match": _match,
    "vmap": _mapped("vmap"),
    "reject": _reject,
    "limit": _limit,
    "log": _log,
    "mangle": _mangle,
    "xt": _xt,
    "queue": lambda body: f"queue num {expression(body['num'])}" if body else "queue",
}

_EXPRESSIONS: dict[str, Callable[[Json], str]] = {
    "meta": _meta,
    "payload": _payload,
    "ct": _ct,
    "fib": _fib,
    "set": _set,
    "map": _mapped("map"),
    "numgen": _numgen,
    "jhash": _jhash,
    "prefix": lambda body: f"{expression(body['addr'])}/{body['len']}",
    "range": lambda body: "-".join(map(expression, body)),
    "concat": lambda body: " . ".join(map(expression, body)),
    "elem": lambda body: expression(body["val"]),
}
