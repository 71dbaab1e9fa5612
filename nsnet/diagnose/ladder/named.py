"""The diagnosis of a packet that was traced, or predicted, and does not arrive: `nsnet trace`,
`nsnet walk` and `nsnet why` say the same."""

from __future__ import annotations

from ...kernel.stack import Stack
from ...value import replace
from ..findings import RUNGS, Broken
from ..places import Places
from ..probe import Answer
from ..said import said
from ..texts.told import explained
from ..trace import Trace
from ..walk import Event, Walk
from .case import Case
from .climb import Climb
from .watch import believed

#: What a sender would be told of a predicted walk that ends so, as a word of `probe.CODES`.
_TOLD = {"answered": "answered", "refused": "refused", "unsent": "no-route"}


def named(stack: Stack, places: Places, done: Trace) -> Walk:
    """The walk of a trace; one that has not arrived with its diagnosis: at its end, or, of one
    that was refused, as a note. Nothing is sent."""
    outcome = done.followed.outcome
    places.survey.forget()
    case = Case(stack, places, done.walk.source, done.walk.target, done.followed.order.protocol)
    case.answer = Answer(case.probe(), outcome.code, outcome.errno, local=outcome.local)
    return _named(case, done.walk)


def foreseen(stack: Stack, places: Places, walk: Walk, protocol: str) -> Walk:
    """The same of a predicted walk."""
    case = Case(stack, places, walk.source, walk.target, protocol)
    case.answer = Answer(case.probe(), _TOLD.get(walk.outcome, "timeout"))
    return _named(case, walk)


def _named(case: Case, walk: Walk) -> Walk:
    last = walk.last
    if walk.arrived or last is None or (last.kind != "drop" and walk.outcome != "refused"):
        return walk
    try:
        broken = Climb(case).run(believed(case, walk))
    finally:
        case.stack.enter("")  # Whoever asks next must find the thread at home.
    if broken is None or (last.reason and _ahead(walk, broken)):
        return walk
    if last.kind != "drop":
        note = said("{id}: {why}", id=broken.id, why=explained(broken))
        return replace(walk, notes=(*walk.notes, note))
    return replace(walk, events=(*walk.events[:-1], _ended(last, broken, walk)))


def _ahead(walk: Walk, broken: Broken) -> bool:
    """Is it about rules that the packet has not come to? It did not get out of its own stack, as
    one that waits for its neighbour's answer longer than the trace does."""
    left = any(each.space != walk.source.space for each in walk.events)
    return not left and RUNGS.index(broken.rung) > RUNGS.index("sysctl")


def _ended(last: Event, broken: Broken, walk: Walk) -> Event:
    """What a trace sees is told as it was seen; where it can only guess, the diagnosis speaks."""
    before = walk.events[-2] if len(walk.events) > 1 else last
    sure = last.reason or before.verdict in ("drop", "reject")
    return replace(last, reason=broken.id, text=last.text if sure else explained(broken))
