"""``space``: there is a named namespace, with a network stack of its own.

space: {name: c1}          # or [c1, c2]: each another one
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._asked import missing
from ._given import known, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is each there, and no other's?"""
    known(given, "name", "")
    names = texts(given, "name") or texts(given, "")
    at.look()
    absent = missing(at, *names)
    if absent:
        return Verdict(False, absent)
    found: dict[int, str] = {at.survey.spaces()[""].inode: "host"}
    for name in names:
        inode = at.survey.spaces()[at.key(name) or ""].inode
        if inode in found:
            see = (f"ls -Li /run/netns/{name}",)
            return broken("NS.SAME", "namespace", see=see, space=name, other=found[inode])
        found[inode] = name
    return passed(*(f"{name} is namespace {inode}" for inode, name in found.items() if inode))
