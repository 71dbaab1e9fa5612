"""``other_end``: the learner has told which interface of the host is the other end of a cable.

    other_end: {question: cable, in: c3, device: eth0, answer: veth1a2b3c4}

`answer` is the name that it had at first; a new name that the kernel tells is as good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.ladder.see import at as command_at
from ...kernel.survey.model import HOST
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._given import known, one


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it that one?"""
    known(given, "question", "in", "device", "answer")
    name = str(one(given, "question"))
    space, device = str(one(given, "in")), str(one(given, "device"))
    said = at.answers.get(name, "").strip().partition("@")[0].rstrip(":")
    if not said:
        asking = (f"nsnet lab answer {name} …",)
        return broken("ANSWER.MISSING", "answer", see=asking, question=name)
    at.look()
    key = at.key(space) or ""
    here = at.survey.interfaces(key).get(device)
    far = at.survey.other_end(here) if here else None
    if said in (str(one(given, "answer")), far.name if far else ""):
        return passed(f"{name}: {said}")
    if said not in at.survey.interfaces(HOST):
        return broken("ANSWER.WRONG", "answer", question=name, said=said, see=("ip link",))
    see = (command_at(at.survey, key, f"ip link show {device}"), "ip link")
    return broken("L1.WRONG_PEER", "link", see=see, device=said, space=space, peer=device)
