"""Who reaches whom."""

from __future__ import annotations

from collections.abc import Sequence

from ..diagnose import reach as diagnose
from ..diagnose.places import Places
from ..diagnose.prober import probe_all
from ..diagnose.reach import Port, Reach, Station
from ..diagnose.reach.station import station
from ..kernel.stack import Stack
from .places import places
from .state import state


def reach(
    names: Sequence[str] = (),
    parts: Sequence[str] = (),
    senders: Sequence[str] = (),
    targets: Sequence[str] = (),
    timeout: float = 1.0,
) -> Reach:
    """Let `senders` (else `names`, else everybody) ask `targets` (likewise) for `parts` (``ping``,
    ``ports``, ``names``; all, if none is named). `timeout` is for all answers, in seconds.

    Raises `NotFound`, `NothingToAsk`.
    """
    with Stack() as stack:
        known = places(stack)
        everybody = diagnose.stations(known.survey, known)
        paths = known.survey.paths()
        return diagnose.measure(
            known.survey,
            lambda probes: probe_all(stack, probes, paths),
            everybody,
            senders=_chosen(known, everybody, senders or names),
            targets=_chosen(known, everybody, targets or names),
            what=parts or diagnose.ALL,
            exposed=_exposed(),
            timeout=timeout,
        )


def _chosen(places: Places, everybody: list[Station], names: Sequence[str]) -> list[Station]:
    """The stations of these names, in their order. Raises `NotFound`."""
    by_space = {each.space: each for each in everybody}
    found = dict.fromkeys(places.source(name).space for name in names)
    return [
        by_space.get(space) or station(places.survey, [places.of_space(space)]) for space in found
    ]


def _exposed() -> dict[str, tuple[Port, ...]]:
    """The ports that running containers are said to serve."""
    return {
        each.name: each.expose
        for record in state().records.values()
        for each in record.layout.topology.containers
        if each.expose and not each.stopped
    }
