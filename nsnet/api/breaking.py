"""The helper's side of what is broken on purpose: faults, partitions, slow and late cables."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..engine import faults as book
from ..engine.engine import Engine
from ..kernel.errors import KernelError, NotFound
from ..plan.diff import Change

if TYPE_CHECKING:
    from ..engine.faults import Fault
    from ..topology.layout import Layout

Json = dict[str, Any]


class Breaking:
    """The verbs that break and mend. What this lab has broken is known by its numbers."""

    _layout: Layout | None

    def __init__(self) -> None:
        self._broken: list[Change] = []
        self._own: set[int] = set()

    def fault(self, name: str, on: str, kind: str) -> Json:
        """Break what `name` says on `on`, which is a ``container``, a ``network`` or "" (as the
        command line reads it). A container stands for its network and its port as well."""
        from ..faults import inject
        from ..faults.catalogue import kind as called

        wanted = called(name).on
        if kind == "container" and wanted != kind:
            on = self._of_container(on, wanted)
        return self._stands(inject.inject(Engine(), name, on))

    def cut(self, one: list[str], other: list[str]) -> Json:
        """Cut two sides apart."""
        from ..faults import impair

        return self._stands(impair.cut(Engine(), self._up.name, one, other))

    def slow(self, container: str, rate: int, network: str) -> Json:
        """Make a container's cables slow."""
        from ..faults import impair

        return self._stands(impair.slow(Engine(), self._up.name, container, rate, network))

    def late(self, container: str, delay: int, jitter: int, loss: float, network: str) -> Json:
        """Make what a container sends come late, or not at all."""
        from ..faults import impair

        name = self._up.name
        made = impair.late(Engine(), name, container, delay, jitter, loss, network)
        return self._stands(made)

    def broken(self) -> list[Json]:
        """What this lab has broken and what is still so."""
        from ..show.faults import data

        return [data(each) for each in self._standing(self._own)]

    def mend(self, numbers: list[int]) -> None:
        """Mend these; those that are mended already are left alone."""
        from ..faults import inject

        wanted = [str(each.number) for each in self._standing(self._own.intersection(numbers))]
        for each in inject.clear(Engine(), wanted) if wanted else ():
            self._own.discard(each.number)
            self._broken += [Change("-", step.inverse()) for step in reversed(each.steps)]

    def _stands(self, fault: Fault) -> Json:
        from ..show.faults import data

        self._own.add(fault.number)
        self._broken += [Change("~", step) for step in fault.steps]
        return data(fault)

    def _standing(self, numbers: Collection[int]) -> list[Fault]:
        if not numbers:
            return []
        return [each for each in book.load(Engine().folder) if each.number in numbers]

    @property
    def _up(self) -> Layout:
        if self._layout is None:
            raise NotFound("the lab is not up", "call lab.up() first")
        return self._layout

    def _of_container(self, name: str, wanted: str) -> str:
        """The network or the port of a container, to a fault of such."""
        layout = self._up
        if wanted == "network":
            ends = sorted(layout.endpoints_of(name), key=lambda end: not end.route)
            if ends:
                return ends[0].network
        found = [each for each in layout.bindings if each.container == name]
        if wanted == "port" and found:
            return f"{found[0].host_port}/{found[0].protocol}"
        raise KernelError(f"the fault is one of a {wanted}", f"{name} has none")
