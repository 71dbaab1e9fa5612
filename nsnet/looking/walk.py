"""The way of a packet, predicted."""

from __future__ import annotations

from ..diagnose.ladder.named import foreseen
from ..diagnose.predict import predict
from ..diagnose.walk import Walk
from ..kernel.errors import KernelError
from ..kernel.stack import Stack
from .aim import protocol_of
from .places import places


def walk(source: str, target: str, protocol: str = "") -> Walk:
    """Predict the way of a packet from `source` to `target`, in the words of the command line;
    `protocol` is ``tcp``, ``udp`` or ``icmp``, "" what the target says. Nothing is sent.

    Raises `NotFound`, `BadTarget` (`NeedsPort`), `KernelError`.
    """
    with Stack() as stack:
        known = places(stack)
        start = known.source(source)
        end = known.target(target, start)
        word = protocol_of(end, protocol, target)
        if not end.address:
            raise KernelError(f"cannot predict the way to {end.text}", "it has no address")
        transport = "tcp" if word == "http" else word
        found = predict(known.survey, start, end, transport)
        return found if found.arrived else foreseen(stack, known, found, transport)
