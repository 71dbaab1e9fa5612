"""``no_new_links``: the host has no interface that its scene did not give it.

no_new_links: {}          # id: MODE.LINKS_CHANGED by default

The kernel numbers interfaces in the order in which they come: a new one has a number above all
those that the scene made. Real cards (which may be plugged in at any time) do not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...kernel.survey.model import HOST
from ..exercise import filled
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._given import known

#: The host's end of the simulated internet (`plan.outside`), which has numbers of its own.
_OUTSIDE = ("wan0", "wan0-port")


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Are the scene's the newest?"""
    known(given, "id")
    at.look()
    links = at.survey.interfaces(HOST).values()
    scene = _of_scene(at)
    last = max((x.index for x in links if x.name in scene), default=0)
    old = scene.union(_OUTSIDE)
    new = [x.name for x in links if x.index > last and x.kind and x.name not in old]
    if not new:
        return passed("the host has the interfaces that it had before")
    id = str(given.get("id", "MODE.LINKS_CHANGED"))
    return broken(id, "link", see=("ip link",), space="host", what=", ".join(new))


def _of_scene(at: Situation) -> set[str]:
    """The names of the host's interfaces that the scene makes (`scene.words`)."""
    scene = filled(at.exercise.scene, at.values)
    names = {name for name in scene.get("bridges") or {} if "/" not in name}
    for name, each in (scene.get("rooms") or {}).items():
        if "/" not in str((each or {}).get("bridge") or ""):
            names.add(str((each or {}).get("cable", f"veth-{name}")))
    return names
