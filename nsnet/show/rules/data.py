"""Rules for programs: the JSON of ``nsnet rules --format json``."""

from __future__ import annotations

from collections.abc import Mapping

from . import docker
from .docker import Known
from .model import Chain, Count, Element, Line, Name, Tables

Json = dict[str, object]


def chains(tables: Tables, known: Known, why: Mapping[Name, str]) -> list[Json]:
    """Base chains in the order in which a packet meets them, then the others."""
    others = [each for each in tables.chains.values() if not each.hook]
    return [_chain(tables, each, known, why) for each in (*tables.base(), *others)]


def _chain(tables: Tables, chain: Chain, known: Known, why: Mapping[Name, str]) -> Json:
    return {
        "family": chain.family,
        "table": chain.table,
        "chain": chain.name,
        "hook": chain.hook or None,
        "priority": chain.priority if chain.hook else None,
        "policy": chain.policy or None,
        "caption": why.get(chain.key, ""),
        "rules": [_rule(tables, each, known) for each in chain.lines],
    }


def _rule(tables: Tables, line: Line, known: Known) -> Json:
    elements = tables.maps.get((line.family, line.table, line.map), ()) if line.map else ()
    return {
        "handle": line.handle,
        "text": line.text,
        "caption": line.caption,
        **_count(line.count),
        "docker": docker.rule(line, known),
        "jump": line.jump or None,
        "map": line.map or None,
        "elements": [_element(each, known) for each in elements],
    }


def _element(item: Element, known: Known) -> Json:
    return {
        "key": item.key,
        "value": item.value or None,
        "comment": item.comment,
        "jump": item.jump or None,
        **_count(item.count),
        "docker": docker.element(item, known),
    }


def _count(count: Count | None) -> Json:
    return {
        "packets": count.packets if count else None,
        "bytes": count.bytes if count else None,
    }
