"""Which fault has to be mended before which."""

from __future__ import annotations

from collections.abc import Callable

from ..engine.faults import Fault
from ..kernel.errors import KernelError
from ..plan.steps.fault.address import ForgetNeighbour
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.cut import Cut
from ..plan.steps.fault.shape import Shape
from ..plan.steps.fault.table import OwnTable

#: The fields that say which object of the host a step is about.
_OBJECTS = ("path", "device", "stray", "bridge", "chain", "map", "key")
#: Steps that put nothing back, or have what they put there for themselves.
_ALONE = (ForgetNeighbour, Cut, Shape, OwnTable)


def check(known: list[Fault], chosen: Callable[[Fault], bool]) -> None:
    """Raises `KernelError` where a fault is chosen, and a later one of the same thing is not. Each
    puts back what it has found: the later one what the earlier one had broken."""
    for place, fault in enumerate(known):
        if not chosen(fault):
            continue
        mine = _touched(fault)
        later = [x for x in known[place + 1 :] if not chosen(x) and mine & _touched(x)]
        if later:
            numbers = " ".join(str(each.number) for each in (*reversed(later), fault))
            raise KernelError(
                f"fault {fault.number} cannot be mended before fault {later[-1].number}",
                "that one came later, to the same thing, and would bring it back",
                f"nsnet fault clear {numbers}",
            )


def _touched(fault: Fault) -> set[str]:
    """Containers as a whole; of the host single objects."""
    found: set[str] = set()
    for step in fault.standing():
        if not isinstance(step, _ALONE):
            found |= {step.space} if step.space else _objects(step)
    return found


def _objects(step: FaultStep) -> set[str]:
    named = ((name, getattr(step, name, "")) for name in _OBJECTS)
    return {f"{'device' if name == 'bridge' else name} {value}" for name, value in named if value}
