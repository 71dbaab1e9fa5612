"""``kind``: an interface of a certain kind, whatever it is called.

    kind: {space: c1, kind: macvlan, parent: lan0, options: {mode: bridge}, id: L1.NO_KIND}
    kind: {space: hA, kind: vxlan, options: {id: 42, port: 4789}}

`options` are those of `Interface.options`, by the names of ``ip -d link``. `address` is one that
the interface must have. `id` is the diagnosis where there is none, `other` where an option is
another one. With `if_any`, it passes where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder.see import at as command_at
from ...kernel.survey.model import Interface
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._asked import missing
from ._given import known, one


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is there such an interface, with these options?"""
    known(given, "space", "kind", "parent", "options", "address", "id", "other", "if_any")
    space, kind = str(one(given, "space")), str(one(given, "kind"))
    at.look()
    absent = missing(at, space)
    if absent:
        return Verdict(False, absent)
    key = at.key(space) or ""
    every = [x for x in at.survey.interfaces(key).values() if not x.loopback]
    found = [x for x in every if x.kind == kind and _on(at, x, given)]
    see = (command_at(at.survey, key, "ip -d link show"),)
    if not found and given.get("if_any"):
        return passed(f"{space} has no {kind}")
    if not found:
        return _none(space, kind, every, given, see)
    wanted = {str(k): str(v) for k, v in (given.get("options") or {}).items()}
    for name, value in wanted.items():
        same = [x for x in found if str(x.options.get(name)) == value]
        if not same:
            id, have = str(given.get("other", "L1.OTHER_OPTION")), found[0].options.get(name, "-")
            facts: dict[str, Any] = {"device": found[0].name, "name": name, "found": have}
            return broken(id, "link", see=see, space=space, wanted=value, **facts)
        found = same
    said = "".join(f" {name} {value}" for name, value in wanted.items())
    return passed(f"{found[0].name} in {space} is a {kind}{said}")


def _on(at: Situation, one: Interface, given: Mapping[str, Any]) -> bool:
    if "address" in given:
        mine = [a.ip for a in at.survey.addresses(one.space) if a.device == one.name]
        if str(given["address"]) not in mine:
            return False
    if "parent" not in given:
        return True
    parent = at.survey.other_end(one)
    return parent is not None and parent.name == str(given["parent"])


def _none(
    space: str, kind: str, every: list[Interface], given: Mapping[str, Any], see: tuple[str, ...]
) -> Verdict:
    """None of that kind: say what there is instead."""
    have = ", ".join(f"{x.name} ({x.kind or 'device'})" for x in every) or "lo"
    parent = f" on {given['parent']}" if "parent" in given else ""
    id = str(given.get("id", "L1.NO_KIND"))
    return broken(id, "link", see=see, space=space, kind=kind, wanted=f"{kind}{parent}", have=have)
