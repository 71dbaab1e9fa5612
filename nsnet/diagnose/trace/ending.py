"""How a walk ends, in words."""

from __future__ import annotations

import errno
import os

from ...kernel.trace import Outcome
from ..said import Said, said

_CAME = {"icmp": said("echo reply"), "tcp": said("connection established")}


def answer(outcome: Outcome, protocol: str) -> Said:
    """What came back, in words."""
    took = f"{outcome.seconds * 1000:.1f}"
    why = os.strerror(outcome.errno) if outcome.errno else outcome.code
    if outcome.code == "answered":
        return said("{what} in {ms} ms", what=_CAME.get(protocol, said("an answer")), ms=took)
    if outcome.code == "refused":
        why = said("connection refused")
    elif not outcome.sent:
        return said("the sender's own kernel refuses: {why}", why=why)
    elif outcome.code == "timeout":
        if outcome.seconds <= 0.5:
            return said("no answer")
        return said("no answer within {seconds} s", seconds=f"{outcome.seconds:.1f}")
    if outcome.by:
        return said("{why} (from {by}) in {ms} ms", why=why, by=outcome.by, ms=took)
    return said("{what} in {ms} ms", what=why, ms=took)


def kind(outcome: Outcome) -> str:
    """One of the outcomes of walks."""
    if outcome.code == "answered":
        return "answered"
    if not outcome.sent:
        return "unsent"
    lost = outcome.code == "timeout" or (outcome.errno == errno.EHOSTUNREACH and not outcome.by)
    return "lost" if lost else "refused"
