"""How a walk ends, in words."""

from __future__ import annotations

import errno
import os

from ...kernel.trace import Outcome


def answer(outcome: Outcome, protocol: str) -> str:
    """What came back, in words."""
    took = f" in {outcome.seconds * 1000:.1f} ms"
    if outcome.code == "answered":
        what = {"icmp": "echo reply", "tcp": "connection established"}.get(protocol, "an answer")
        return what + took
    by = f" (from {outcome.by})" if outcome.by else ""
    if outcome.code == "refused":
        return f"connection refused{by}{took}"
    if not outcome.sent:
        why = os.strerror(outcome.errno) if outcome.errno else outcome.code
        return f"the sender's own kernel refuses: {why}"
    if outcome.code == "timeout":
        return f"no answer within {outcome.seconds:.1f} s" if outcome.seconds > 0.5 else "no answer"
    return f"{os.strerror(outcome.errno) if outcome.errno else outcome.code}{by}{took}"


def kind(outcome: Outcome) -> str:
    """One of the outcomes of walks."""
    if outcome.code == "answered":
        return "answered"
    if not outcome.sent:
        return "unsent"
    lost = outcome.code == "timeout" or (outcome.errno == errno.EHOSTUNREACH and not outcome.by)
    return "lost" if lost else "refused"
