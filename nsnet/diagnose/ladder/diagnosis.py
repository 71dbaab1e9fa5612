"""`diagnose`: does it arrive, and if not, why not? Behaviour decides, state explains."""

from __future__ import annotations

import errno
import time
from ipaddress import ip_address

from ...kernel.stack import Stack
from ...value import replace
from ..findings import RUNGS, Broken, Facts, Finding
from ..place import Place, Target
from ..places import Places
from ..probe import Probe
from ..prober import probe_all
from . import conntrack, mtu, names, remarks
from .case import Case
from .climb import Climb, alone, ends
from .listener import listens
from .see import at, label

#: How long a question is asked again that fails without a cause to be seen, in seconds.
_PATIENCE = 1.6
_WAIT = 0.5


def diagnose(
    stack: Stack, places: Places, source: Place, target: Target, protocol: str = ""
) -> Finding:
    """Ask the network, and explain the answer. `protocol` is ``icmp``, ``tcp``, ``udp`` or
    ``http``; by default that of the target: HTTP for a URL, TCP where it has a port, else ICMP.

    Raises `PreconditionError` where only root may send."""
    case = Case(stack, places, source, target, protocol or usual(target))
    try:
        return _diagnosed(case)
    finally:
        stack.enter("")  # Whoever asks next must find the thread at home.


def _diagnosed(case: Case) -> Finding:
    """The whole of it; the thread may be anywhere afterwards."""
    if case.target.name:
        unnamed = names.resolved(case)
        if unnamed:
            return _finding(case, False, unnamed, RUNGS[1 : max(1, RUNGS.index(unnamed.rung))])
    found = _nowhere(case)
    if found:
        return found
    begun = time.monotonic()
    measuring = mtu.probes(case)
    while True:
        _ask(case, measuring)
        if case.answer and case.answer.ok:
            return _works(case)
        if _unclear(case):
            return _finding(case, None, None, ())
        case.survey.forget()
        case.look_again()
        climb = Climb(case)
        broken = climb.run()
        late = time.monotonic() - begun > _PATIENCE
        if broken is None and _delivered(case):
            case.notes.append("delivered")
            return _works(case)
        if late or _certain(case, broken):
            break
        measuring = mtu.probes(case)
    if broken is None and case.code == "error":
        return _finding(case, None, None, tuple(climb.passed))
    return _finding(case, False, broken or _unexplained(case), tuple(climb.passed))


def _unexplained(case: Case) -> Broken:
    """No rung is broken: what can be said is how far it was seen."""
    answer, seen = case.answer, case.seen
    if answer and answer.connected and case.path.end == "local":
        space = case.path.last.space
        facts: Facts = {"space": label(case.survey, space), "port": case.path_port}
        see = (at(case.survey, space, "ss -tnp"),)
        return Broken("APP.SILENT", "answer", facts, see)
    last = seen.events[-1].text if seen and seen.events else "-"
    facts = {"to": case.address, "code": case.code, "last": last}
    return Broken("UNKNOWN", "answer", facts)


def _unclear(case: Case) -> bool:
    """Was a link-local address called without saying on which interface (ipv6(7))? Each has one
    such network of its own."""
    refused = case.answer is not None and case.answer.errno == errno.EINVAL
    return refused and case.family == 10 and ip_address(case.address).is_link_local


def _delivered(case: Case) -> bool:
    """Did a datagram reach a program that has nothing to say to it?"""
    there = case.seen.delivered if case.seen else None
    last = case.path.last
    if case.transport != "udp" or there is None or there.space != last.space:
        return False
    port = there.packet.dport
    return listens(case.survey, last.space, "udp", there.packet.dst, port) is None


def _certain(case: Case, broken: Broken | None) -> bool:
    """Is it of no use to ask again? What takes a moment is a port that begins to forward, the
    kernel's second attempt to find a neighbour, and a program that begins to listen: it refused,
    and now nothing is wrong any more."""
    if case.code in ("no-route", "prohibited", "too-big"):
        return True
    return broken is not None and (broken.id != "L2.PORT_BLOCKED" or case.code == "refused")


def usual(target: Target) -> str:
    """The protocol that a target suggests."""
    if target.scheme in ("http", "https"):
        return "http" if target.scheme == "http" else "tcp"
    if target.scheme in ("tcp", "udp", "icmp"):
        return target.scheme
    return "tcp" if target.port else "icmp"


def _nowhere(case: Case) -> Finding | None:
    """Without an address there is nothing to send to: what does the place lack?"""
    if case.address:
        return None
    from . import address, link

    there = case.target.place
    assert there is not None
    for _, check in ends(case):
        broken = check()
        if broken:
            return _finding(case, False, broken, ("namespace",))
    for one in link.wires(case.survey, there.space):
        broken = link.is_up(case.survey, one) or address.has_address(case.survey, one)
        if broken:
            return _finding(case, False, broken, ("namespace", "link"))
    see = (at(case.survey, there.space, "ip address"),)
    broken = Broken("TARGET.DOWN", "address", {"space": there.label}, see)
    return _finding(case, False, broken, ("namespace", "link"))


def _ask(case: Case, measuring: list[Probe]) -> None:
    """Ask, with the small and the large packet beside it that the way is measured by."""
    paths = {each.key: each.path for each in case.survey.spaces().values()}
    case.answers = probe_all(case.stack, [case.probe(timeout=_WAIT), *measuring], paths)
    case.answer = case.answers[0]


def _works(case: Case) -> Finding:
    broken = _twice(case) or conntrack.swallowed(case) or mtu.hole(case)
    passed = tuple(r for r in _ALL if r != "size")
    if broken:
        return _finding(case, False, broken, passed)
    found = _finding(case, True, None, (*passed, "size") if len(case.answers) > 1 else passed)
    return replace(found, remarks=tuple(remarks.of(case)))


def _twice(case: Case) -> Broken | None:
    """Is there a second one with the address? Then it is luck who has answered."""
    hops = [hop for hop in case.path.hops if hop.out is not None]
    return alone(case, hops[-1]) if hops else None


#: All but that of the name, which is no rung where an address is given.
_ALL = RUNGS[1:]


def _finding(
    case: Case, ok: bool | None, broken: Broken | None, passed: tuple[str, ...]
) -> Finding:
    return Finding(
        case.source,
        case.target,
        case.protocol,
        ok,
        broken,
        (),
        ("name", *passed) if case.target.name and case.address else passed,
        tuple(case.answers),
        tuple(case.notes),
        case.first.device if case.address else "",
    )
