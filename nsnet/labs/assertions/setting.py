"""``setting``: a kernel setting.

setting: {in: host, name: net.ipv4.ip_forward, value: 1, id: L3.FORWARD_OFF}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder.see import at as command_at
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._asked import missing
from ._given import known, one


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Has it the value?"""
    known(given, "in", "name", "value", "id")
    space, name = str(given.get("in", "host")), str(one(given, "name"))
    at.look()
    absent = missing(at, space)
    if absent:
        return Verdict(False, absent)
    key = at.key(space) or ""
    value = at.survey.sysctl(key, name)
    if value == str(one(given, "value")):
        return passed(f"{name} is {value} in {space}")
    see = (command_at(at.survey, key, f"sysctl {name}"),)
    id = str(given.get("id", "SYSCTL.OTHER"))
    return broken(
        id, "sysctl", see=see, space=space, name=name, value=value or "-", wanted=given["value"]
    )
