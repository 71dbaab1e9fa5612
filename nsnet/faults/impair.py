"""A bad network on purpose: sides cut apart, cables that are slow or late. Kept and taken back as
faults are, but no diagnosis is named after them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ..engine import faults as book
from ..engine.engine import Engine
from ..engine.faults import Fault
from ..kernel.errors import NotFound
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.cut import Cut
from ..plan.steps.fault.shape import Late, Shape, Slow
from ..topology.layout import Endpoint, Layout
from ..topology.model import Container
from .errors import Unfit
from .sides import Side, rules

#: What the ids of these are.
CUT, SLOW, LATE = "CUT", "SLOW", "LATE"
IDS = (CUT, SLOW, LATE)
_VERBS = {CUT: "cut apart", SLOW: "slow down", LATE: "delay"}

#: Bytes that pass at once at least: three large frames; and how long one may wait, in seconds.
_BURST, _PATIENCE = 4542, 0.2


def cut(engine: Engine, topology: str, one: Sequence[str], other: Sequence[str]) -> Fault:
    """Drop whatever one side sends to the other. Sides are ("container", name), ("network",
    name), ("host", "") and ("outside", ""). Raises `NotFound`, `Unfit`."""

    def steps(layout: Layout, number: int) -> list[FaultStep]:
        sides = Side.of(layout, *one), Side.of(layout, *other)
        return [Cut("", number, (sides[0].label, sides[1].label), rules(*sides))]

    return _stand(engine, topology, CUT, f"{one[1] or one[0]}, {other[1] or other[0]}", steps)


def slow(engine: Engine, topology: str, container: str, rate: int, network: str = "") -> Fault:
    """Let a container send and receive `rate` bytes in a second, over each of its cables or the
    one to `network`. Raises `NotFound`, `Unfit`."""

    def steps(layout: Layout, number: int) -> list[FaultStep]:
        burst = max(_BURST, rate // 50)
        sizes = (rate, burst, burst + int(rate * _PATIENCE))
        found: list[FaultStep] = []
        for end in _ends(layout, container, network):
            found.append(Slow(end.container, end.device, *sizes))
            if _bridged(layout, end):
                found.append(Slow("", end.host_device, *sizes))
        return found

    return _stand(engine, topology, SLOW, container, steps)


def late(
    engine: Engine,
    topology: str,
    container: str,
    delay: int,
    jitter: int = 0,
    loss: float = 0.0,
    network: str = "",
) -> Fault:
    """Hold back what a container sends for `delay` ± `jitter` microseconds, and lose `loss`
    percent of it. Raises `NotFound`, `Unfit`, `PreconditionError` without netem."""

    def steps(layout: Layout, number: int) -> list[FaultStep]:
        ends = _ends(layout, container, network)
        return [Late(end.container, end.device, delay, jitter, loss) for end in ends]

    return _stand(engine, topology, LATE, container, steps)


def _stand(
    engine: Engine,
    topology: str,
    name: str,
    on: str,
    steps: Callable[[Layout, int], list[FaultStep]],
) -> Fault:
    with engine.session() as session:
        record = session.state.records.get(topology)
        if record is None:
            raise NotFound(f"no topology {topology} is up on this host")
        known = book.load(session.folder)
        number = 1 + max((each.number for each in known), default=0)
        try:
            made = steps(record.layout, number)
            _alone(known, made)
        except Unfit as error:
            raise error.about(f"cannot {_VERBS[name]} {on}") from None
        spaces = book.spaces_of(made)
        fault = Fault(number, name, on, tuple(made), spaces, topology, False, time.time())
        book.break_it(session.stack, session.folder, fault)
        return fault


def _alone(known: list[Fault], made: list[FaultStep]) -> None:
    """An interface has one queue. Raises `Unfit`."""
    standing = [(step, each) for each in known for step in each.standing()]
    taken = {(s.space, s.device): each.on for s, each in standing if isinstance(s, Shape)}
    for step in made:
        if isinstance(step, Shape) and (step.space, step.device) in taken:
            other = taken[step.space, step.device]
            raise Unfit(f"the cable of {other} is slow or late already: heal that first")


def _ends(layout: Layout, name: str, network: str) -> list[Endpoint]:
    """The cables of a container, or of whom it shares the network stack of."""
    container = layout.topology.container(name)
    if container is None:
        raise NotFound(f"container {name} is not up", "call lab.up() first")
    owner: Container = layout.topology.owner(container) or container
    found = [e for e in layout.endpoints_of(owner.name) if network in ("", e.network)]
    if not found:
        where = f" on network {network}" if network else ""
        raise Unfit(f"{name} has no cable{where}: its mode is {owner.mode}")
    return found


def _bridged(layout: Layout, end: Endpoint) -> bool:
    segment = layout.segment(end.network)
    return segment is not None and segment.bridged
