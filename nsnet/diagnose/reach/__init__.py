"""Who reaches whom: every place asks every other one, all at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from ...kernel.errors import KernelError
from ...kernel.survey import Survey
from ..probe import Answer, Probe
from .asking import Asking
from .found import Found, Reach, found
from .services import Services
from .station import Port, Station, stations

__all__ = ["ALL", "Found", "Port", "Reach", "Station", "measure", "stations"]

#: What can be asked.
ALL = ("ping", "ports", "names")

#: Sends probes and waits for their answers: `nsnet.diagnose.prober.probe_all` with a stack.
Send = Callable[[Sequence[Probe]], list[Answer]]


class NothingToAsk(KernelError):
    """There are no two stations, or they have nothing to ask each other. Exit code 3: it could not
    be measured."""

    exit_code = 3


def measure(
    survey: Survey,
    send: Send,
    everybody: Sequence[Station],
    *,
    senders: Sequence[Station] = (),
    targets: Sequence[Station] = (),
    what: Collection[str] = ALL,
    exposed: Mapping[str, Sequence[Port]] | None = None,
    timeout: float = 1.0,
) -> Reach:
    """Let `senders` ask `targets`; where none are given, it is `everybody`. `exposed` are ports
    that are said to be served, by the label of the container, besides those that somebody listens
    on or that are published. It takes as long as the slowest answer, `timeout` seconds at most.

    Raises `NothingToAsk`.
    """
    senders, targets = senders or everybody, targets or everybody
    services = Services(survey, everybody, exposed or {})
    asking = Asking(survey, services, timeout)
    questions = [q for target in targets for s in senders for q in asking.of(s, target, what)]
    if not questions:
        raise NothingToAsk("there is nobody to ask", _why(senders, targets), "nsnet ps")
    before = time.monotonic()
    answers = iter(send([q.probe for q in questions if q.probe]))
    everything = [found(each, next(answers) if each.probe else None) for each in questions]
    return Reach(
        senders=tuple(senders),
        targets=tuple(targets),
        what=tuple(each for each in ALL if each in what),
        found=tuple(everything),
        timeout=timeout,
        seconds=time.monotonic() - before,
    )


def _why(senders: Sequence[Station], targets: Sequence[Station]) -> str:
    labels = sorted({each.label for each in (*senders, *targets)})
    if len(labels) < 2:
        return (
            f"only {''.join(labels) or 'nobody'} is here: start a container (nsnet run, nsnet up)"
        )
    return "they have no ports or names that could be asked for: leave --ports and --names out"
