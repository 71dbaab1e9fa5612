"""Exercises made up for a test."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nsnet.kernel.stack import Stack
from nsnet.labs import assertions
from nsnet.labs.exercise import Check, Exercise, Prediction, Question
from nsnet.labs.scene import put_up
from nsnet.labs.situation import Situation
from nsnet.labs.verdict import Verdict
from tests.support import status

#: Two rooms on a bridge, and a host that routes.
SCENE: Mapping[str, Any] = {
    "sysctl": {"net.ipv4.ip_forward": 1},
    "bridges": {"br0": {"address": "${GW}/16"}},
    "rooms": {
        "c1": {"bridge": "br0", "address": "172.17.0.2/16", "via": "${GW}", "serve": ["80"]},
        "c2": {"bridge": "br0", "address": "172.17.0.3/16", "via": "${GW}"},
    },
}
VALUES = {"GW": "172.17.0.1"}


def exercise(scene: Mapping[str, Any] = SCENE, *checks: Check, **more: Any) -> Exercise:
    """An exercise of the part "test"."""
    given: dict[str, Any] = {"questions": (), "predict": None, **more}
    return Exercise(
        id="made",
        number=1,
        part="test",
        folder="/nonexistent",
        title={"en": "Made"},
        docker="docker run",
        minutes=1,
        level=1,
        checks=checks,
        scene=scene,
        **given,
    )


QUESTION = Question("port", {"en": "Which?"}, (), "veth-${GW}")
PREDICTION = Prediction({"en": "What of ${GW}?"}, ({"en": "a"}, {"en": "b"}), 2, {"en": "so"})


@contextmanager
def situation(one: Exercise, answers: Mapping[str, str] | None = None) -> Iterator[Situation]:
    """Its scene is put up, and looked at."""
    put_up(one, VALUES)
    with Stack() as stack, Situation(stack, one, VALUES, answers, time.time()) as at:
        yield at


def verdict(at: Situation, kind: str, **given: Any) -> Verdict:
    """What an assertion says; arguments that are words of Python end with an underscore."""
    return assertions.check(kind, at, {name.rstrip("_"): each for name, each in given.items()})


def id_of(found: Verdict) -> str:
    """Its diagnosis, "" if it passed."""
    assert (found.passed is True) == (found.broken is None)
    return found.broken.id if found.broken else ""


def tidy() -> None:
    """What the scene has made; its listeners end with the sandbox otherwise."""
    status("sh", "-c", "grep -lsxz NSNET_CONTAINER=c1 /proc/[0-9]*/environ"
           " | cut -d/ -f3 | xargs -r kill -KILL")  # fmt: skip
    for name in ("c1", "c2"):
        status("ip", "netns", "del", name)
    for name in ("br0", "veth-c1", "veth-c2"):
        status("ip", "link", "del", name)
    status("nft", "flush", "ruleset")
    status("sysctl", "-qw", "net.ipv4.ip_forward=0", "net.bridge.bridge-nf-call-iptables=1")
    status("sh", "-c", "rm -rf /run/nsnet-lab; umount /run/netns; rmdir /run/netns")
