"""Hints: they answer what was observed, a little more each time; never the command itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..diagnose.findings import Broken
from . import texts
from .exercise import Exercise, filled, in_language
from .show import wrapped

#: How many there are for each diagnosis.
LEVELS = 3

#: The manual pages of the rungs.
_PAGES = {
    "namespace": "ip-netns(8), network_namespaces(7)",
    "link": "ip-link(8), veth(4)",
    "carrier": "veth(4), ip-link(8)",
    "bridge": "bridge(8), ip-link(8)",
    "address": "ip-address(8)",
    "neighbour": "ip-neighbour(8), arp(7)",
    "route": "ip-route(8)",
    "sysctl": "sysctl(8), ip(7)",
    "filter": "nft(8)",
    "nat": "nft(8), NAT STATEMENTS",
    "conntrack": "nft(8), conntrack(8)",
    "listener": "ss(8), socket(7)",
    "answer": "ss(8)",
    "name": "resolv.conf(5)",
    "size": "ip-link(8), ping(8)",
}


def broken_in(last: Mapping[str, Any]) -> Broken | None:
    """The first thing that the last check found broken."""
    for each in last.get("checks", ()):
        if each["passed"] is not True and each["diagnosis"]:
            return Broken(each["diagnosis"], each["rung"], each["facts"], tuple(each["see"]))
    return None


def hint(
    exercise: Exercise,
    last: Mapping[str, Any],
    level: int,
    language: str,
    values: Mapping[str, str] | None = None,
) -> list[str]:
    """The hint of a level, from 1 to `LEVELS`, for what the last check found."""
    words, found = texts.ui(language), broken_in(last)
    if found is None:
        return [words["no_hint"]]
    if level > LEVELS:
        return [words["last_hint"]]
    title = words[f"level{level}"]
    if level == LEVELS and found.id not in exercise.hints:
        title = words["read"]  # No question of the exercise's own: there is only something to read.
    told = (_where, _what, _question)[level - 1](exercise, found, language)
    text = filled(told, values or {})
    return [f"{found.id} · {title}", *wrapped(text, "  ")]


def _where(exercise: Exercise, found: Broken, language: str) -> str:
    rung = "question" if "question" in found.facts else found.rung
    question = _rungs(language).get(rung, "")
    see = f" ({'; '.join(found.see)})" if found.see else ""
    return f"{question}{see}"


def _what(exercise: Exercise, found: Broken, language: str) -> str:
    return texts.of(found, language).hint


def _question(exercise: Exercise, found: Broken, language: str) -> str:
    own = exercise.hints.get(found.id)
    rung = "" if "question" in found.facts else found.rung
    page = _PAGES.get(rung, "ip(8)")
    read = texts.ui(language)["read"]
    return f"{in_language(own, language)} ({read}: {page})" if own else page


def _rungs(language: str) -> Mapping[str, str]:
    rungs: Any = texts.ui(language)["rungs"]
    return dict(rungs)
