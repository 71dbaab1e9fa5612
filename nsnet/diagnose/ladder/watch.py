"""Sending the failing packet once more, and watching it on its way."""

from __future__ import annotations

from contextlib import suppress

from ...kernel.errors import KernelError
from ...value import replace
from ..predict import predict
from ..trace import trace
from ..walk import Walk
from .case import Case
from .rules import mapped
from .seen import Seen

#: How long the traced packet is waited for, in seconds.
_WAIT = 0.6


def foresee(case: Case) -> Seen:
    """What state alone lets expect: where a trace has missed the end."""
    target = replace(case.target, address=case.address, port=case.port)
    return Seen(predict(case.survey, case.source, target, case.transport))


def see(case: Case) -> Seen:
    """What a trace shows; nothing where none can be taken."""
    with suppress(KernelError, OSError):
        target = replace(case.target, address=case.address, port=case.port)
        done = trace(case.stack, case.places, case.source, target, case.transport, _WAIT)
        return believed(case, done.walk)
    return Seen(None)


def believed(case: Case, walk: Walk) -> Seen:
    """What a walk shows."""
    seen = Seen(walk)
    last = seen.unfinished
    if last and last.rule:
        seen.mapped = mapped(case.survey, last.space, last.rule, case.port)
    return seen
