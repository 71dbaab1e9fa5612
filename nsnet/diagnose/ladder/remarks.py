"""What works, but not as it was probably meant: remarks that change no verdict."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Broken
from . import bridge
from .case import Case


def of(case: Case) -> Iterator[Broken]:
    """The remarks on a packet that has arrived."""
    for hop in case.path.hops:
        found = bridge.addressed_ports(case.survey, hop.trail)
        if found:
            yield found
