"""Why a packet arrives, or does not."""

from __future__ import annotations

from ..diagnose.findings import Finding
from ..diagnose.ladder import diagnose
from ..kernel.stack import Stack
from .places import places


def why(source: str, target: str, protocol: str = "") -> Finding:
    """Send a packet from `source` to `target`, in the words of the command line, and if nothing
    comes back, climb the ladder; `protocol` is ``udp``, ``icmp`` or ``http``, "" what the target
    says. Raises `NotFound`, `BadTarget`."""
    with Stack() as stack:
        known = places(stack)
        origin = known.source(source)
        return diagnose(stack, known, origin, known.target(target, origin), protocol)
