"""From the objects of libnftables-json(5) and nft's own text of each rule to what is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...value import replace
from .model import Chain, Count, Element, Line, Name, Tables

_NOISE = re.compile(r' ?\bcounter packets \d+ bytes \d+| comment "[^"]*"$')


def tables(
    objects: Iterable[Mapping[str, Any]],
    texts: Mapping[tuple[str, str, int], str],
    wanted: Callable[[str], bool] = lambda table: True,
) -> Tables:
    """The tables whose names are `wanted`. A rule without a text (it was added between the two
    looks) comes with the next look."""
    chains: dict[Name, Chain] = {}
    lines: dict[Name, list[Line]] = {}
    maps: dict[Name, tuple[Element, ...]] = {}
    for item in objects:
        ((kind, body),) = item.items()
        table = body.get("table", "")
        if kind not in ("chain", "rule", "map", "set") or not wanted(table):
            continue
        name = (body["family"], table, body["chain"] if kind == "rule" else body["name"])
        if kind == "chain":
            chains[name] = _chain(body)
        elif kind == "rule":
            text = texts.get((body["family"], table, body["handle"]))
            if text is not None:
                lines.setdefault(name, []).append(_line(body, text))
        else:
            maps[name] = tuple(sorted(map(_element, body.get("elem", [])), key=_place))
    filled = {name: replace(c, lines=tuple(lines.get(name, ()))) for name, c in chains.items()}
    return Tables(filled, maps)


def _chain(body: Mapping[str, Any]) -> Chain:
    hook = (
        body.get("hook", ""),
        int(body.get("prio", 0)),
        body.get("policy", ""),
        body.get("type", ""),
    )
    return Chain(body["family"], body["table"], body["name"], (), *hook)


def _line(body: Mapping[str, Any], text: str) -> Line:
    count, jump, name = None, "", ""
    for part in body["expr"]:
        ((kind, value),) = part.items()
        if kind == "counter" and isinstance(value, dict):
            count = Count(value["packets"], value["bytes"])
        elif kind in ("jump", "goto"):
            jump = value["target"]
        name = name or next(_named(part), "")
    words = _NOISE.sub("", _NOISE.sub("", text)).strip()
    where = (body["family"], body["table"], body["chain"], body["handle"])
    return Line(*where, words, body.get("comment", ""), count, jump, name)


def _named(value: Any) -> Iterator[str]:
    """Names of maps and sets (``@published``) anywhere in an expression."""
    if isinstance(value, str) and value.startswith("@"):
        yield value[1:]
    elif isinstance(value, dict):
        for each in value.values():
            yield from _named(each)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each)


def _element(item: Any) -> Element:
    key, value = item if isinstance(item, list) and len(item) == 2 else (item, None)
    comment, count = "", None
    if isinstance(key, dict) and "elem" in key:
        inner = key["elem"]
        comment, key = inner.get("comment", ""), inner["val"]
        if isinstance(inner.get("counter"), dict):
            count = Count(inner["counter"]["packets"], inner["counter"]["bytes"])
    jump = ""
    if isinstance(value, dict):
        jump = next((value[kind]["target"] for kind in ("jump", "goto") if kind in value), "")
    return Element(_words(key), "" if value is None else _words(value), comment, jump, count)


def _words(value: Any) -> str:
    """A key or a value as nft writes it."""
    if isinstance(value, dict):
        ((kind, body),) = value.items()
        if kind == "concat":
            return " . ".join(map(_words, body))
        if kind == "prefix":
            return f"{body['addr']}/{body['len']}"
        if kind == "range":
            return "-".join(map(_words, body))
        return f"{kind} {body['target']}" if body and "target" in body else str(kind)
    return str(value)


def _place(element: Element) -> tuple[Any, ...]:
    """Numbers by their size: the kernel keeps elements in no order."""
    words = re.split(r"(\d+)", element.key)
    return tuple((int(w), "") if w.isdigit() else (-1, w) for w in words)
