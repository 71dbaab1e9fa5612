"""``shares``: names or processes that are in one and the same namespace.

shares: {spaces: [web, sidecar], id: MODE.SIBLING_NOT_SAME_NS}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._asked import missing
from ._given import known, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it the same one?"""
    known(given, "spaces", "id")
    names = texts(given, "spaces")
    at.look()
    absent = missing(at, *names)
    if absent:
        return Verdict(False, absent)
    inodes = {name: at.survey.spaces()[at.key(name) or ""].inode for name in names}
    if len(set(inodes.values())) == 1:
        return passed(f"{' and '.join(names)} are namespace {inodes[names[0]]}")
    id = str(given.get("id", "MODE.SIBLING_NOT_SAME_NS"))
    see = tuple(f"ls -Li /run/netns/{name}" for name in names)
    return broken(id, "namespace", see=see, space=names[-1], other=names[0])
