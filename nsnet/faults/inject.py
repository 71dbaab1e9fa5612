"""Breaking a thing, and mending it again."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable

from ..engine import faults as book
from ..engine.engine import Engine
from ..engine.faults import Fault
from ..engine.session import Session
from ..kernel.errors import NotFound
from ..plan.steps.fault.base import FaultStep
from . import order
from .catalogue import KINDS, kind
from .errors import Unfit
from .kind import Kind, Thing
from .scene import Scene

#: Nothing of these is to be seen from outside by a single call: no riddle for beginners.
_NO_RIDDLE = frozenset(
    ("CT.STALE", "NAT.MASQ_TOO_WIDE", "NAT.DNAT_TOO_WIDE", "L3.DUP_ADDR", "FLT.BRIDGED_BYPASS")
)


def inject(engine: Engine, name: str, on: str = "") -> Fault:
    """Break what `name` says, on the object called `on`, or the first one that it fits.

    Raises `NotFound` (no such fault or object), `Unfit` (it cannot be broken so), and what the
    kernel refuses, after which all is as before.
    """
    wanted = kind(name)
    with engine.session() as session:
        scene = Scene(session.stack, session.state, session.folder)
        number = _number(session)
        if on:
            thing = wanted.thing(scene, on)
            try:
                steps = wanted.recipe(scene, thing, number)
            except Unfit as error:
                raise _unfit(f"{wanted.id} on {thing.label}", error) from None
        else:
            thing, steps = _first(wanted, scene, number)
        return _do(session, wanted, thing, steps, number)


def surprise(engine: Engine, seed: int | None = None) -> Fault:
    """Break something, and do not tell what: the same for the same seed and the same host. Raises
    `NotFound` where there is nothing that could be broken."""
    chance = random.Random(seed)
    with engine.session() as session:
        scene = Scene(session.stack, session.state, session.folder)
        number = _number(session)
        kinds = [each for each in KINDS.values() if each.id not in _NO_RIDDLE]
        chance.shuffle(kinds)
        for wanted in kinds:
            things = wanted.things(scene)
            chance.shuffle(things)
            for thing in things:
                try:
                    steps = wanted.recipe(scene, thing, number)
                except Unfit:
                    continue
                return _do(session, wanted, thing, steps, number, hidden=True)
    raise NotFound("there is nothing to break", "nothing is up", "nsnet up bridge-demo")


def clear(engine: Engine, which: Iterable[str] = ()) -> list[Fault]:
    """Mend the faults that are named by their number or id; all of them, if none is. Returns
    them, the last one first. Raises `NotFound`, `KernelError` where a later fault of the same
    thing is to be mended first, or ExceptionGroup with what would not be mended.
    """
    wanted = [text.upper() for text in which]
    with engine.session() as session:
        known = book.load(session.folder)
        for text in wanted:
            if not any(_called(each, text) for each in known):
                there = ", ".join(str(each.number) for each in known) or "none"
                what = f"there is no fault {text}"
                raise NotFound(what, f"injected are: {there}", "nsnet fault ls")

        def chosen(fault: Fault) -> bool:
            return not wanted or any(_called(fault, text) for text in wanted)

        order.check(known, chosen)
        mended, failures = book.take_back(session.stack, session.folder, chosen)
    if failures:
        raise ExceptionGroup("some faults could not be mended", failures)
    return mended


def injected(engine: Engine) -> list[Fault]:
    """What is broken now; takes no lock."""
    return book.load(engine.folder)


def _called(fault: Fault, text: str) -> bool:
    """Is it this one? A riddle is not to be solved by its id."""
    names = {str(fault.number)}
    if not fault.hidden:
        names |= {fault.id, fault.id.partition(".")[2]}
    return text in names


def _number(session: Session) -> int:
    return 1 + max((each.number for each in book.load(session.folder)), default=0)


def _first(wanted: Kind, scene: Scene, number: int) -> tuple[Thing, list[FaultStep]]:
    last: Unfit | None = None
    for thing in wanted.things(scene):
        try:
            return thing, wanted.recipe(scene, thing, number)
        except Unfit as error:
            last = error
    if last:
        raise _unfit(wanted.id, last)
    raise NotFound(f"there is no {wanted.on} to inject {wanted.id} into", "", "nsnet fault kinds")


def _unfit(what: str, error: Unfit) -> Unfit:
    return error.about(f"cannot inject {what}")


def _do(
    session: Session,
    wanted: Kind,
    thing: Thing,
    steps: list[FaultStep],
    number: int,
    hidden: bool = False,
) -> Fault:
    fault = Fault(
        number,
        wanted.id,
        thing.label,
        tuple(steps),
        book.spaces_of(steps),
        _topology(thing, session),
        hidden,
        time.time(),
    )
    book.break_it(session.stack, session.folder, fault)
    return fault


def _topology(thing: Thing, session: Session) -> str:
    """Whose it is: with that topology, the fault goes."""
    found = getattr(thing, "topology", None)
    if found is not None:
        return str(found)
    for name, record in session.state.records.items():
        for each in record.layout.bindings:
            if each.host_port == getattr(thing, "number", 0):
                return name
    return ""
