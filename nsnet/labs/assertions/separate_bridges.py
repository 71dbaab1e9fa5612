"""``separate_bridges``: switches of the host that nothing joins into one.

    separate_bridges: {bridges: [docker0, br-alpine]}

Read from how things are plugged together, since rules for routed packets hide it from probes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder.segment import Segment
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._given import known, texts


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Are all of them there, and no two of them one segment?"""
    known(given, "bridges")
    names = texts(given, "bridges")
    at.look()
    devices = at.survey.interfaces("")
    for name in names:
        if name not in devices or devices[name].kind != "bridge":
            return broken("L2.NO_BRIDGE", "bridge", see=("ip link",), space="host", device=name)
    for place, name in enumerate(names):
        for trail in Segment(at.survey, devices[name]).ends.values():
            end = trail[-1]
            if not end.space and end.name in names[:place]:
                how = " – ".join(each.name for each in trail[1:-1]) or "a cable"
                see = ("bridge link", "ip -d link")
                return broken(
                    "L2.BRIDGES_JOINED", "bridge", see=see, one=end.name, other=name, how=how
                )
    return passed(f"nothing joins {' and '.join(names)}")
