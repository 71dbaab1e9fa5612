"""The way of a packet, as it went."""

from __future__ import annotations

from ..diagnose.trace import Trace
from ..diagnose.trace import trace as follow
from ..kernel.stack import Stack
from ..value import replace
from .aim import protocol_of
from .places import places


def trace(source: str, target: str, protocol: str = "", timeout: float = 1.0) -> Trace:
    """Send a packet from `source` to `target`, in the words of the command line, and follow it;
    `protocol` is ``tcp``, ``udp``, ``icmp`` or ``http``, "" what the target says. `timeout` is
    in seconds.

    Raises `NotFound`, `BadTarget` (`NeedsPort`), `PreconditionError` where it cannot be followed.
    """
    with Stack() as stack:
        known = places(stack)
        start = known.source(source)
        end = known.target(target, start)
        word = protocol_of(end, protocol, target)
        if word == "http" and not end.port:
            end = known.target(f"http://{target}/", start)
        done = follow(stack, known, start, end, word, timeout)
        if done.walk.arrived:
            return done
        from ..diagnose.ladder.named import named

        return replace(done, walk=named(stack, known, done))
