"""``blocked``: somebody does not get through, while a control does.

    blocked: {from: db, to: 203.0.113.1, control: {from: db, to: app}, id: NET.INTERNAL}

`to` may be several, which are asked at once (``10.0.0.2:53/udp``). The control is a question that
must be answered, with the arguments of `reaches`: without it, a machine on which nothing works
would pass. `id` is the diagnosis where it gets through, `control_id` the one where the control
fails (by default, what `why` finds). `allow` are answers that count as blocked besides silence:
refused. `remark`: getting through is no failure, but worth a remark. `ends_in` is the room in which
the first of them has to be stopped: whoever is asked must not be the one who keeps it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Broken
from ...diagnose.probe import Probe
from ...diagnose.prober import probe_all
from ...kernel.errors import NotFound
from ...value import replace
from ..situation import Situation
from ..verdict import Verdict
from . import reaches
from ._arrival import WAIT, elsewhere
from ._asked import came, missing, serve
from ._given import known, one, texts

_KNOWN = ("from", "to", "by", "serve", "control", "control_id", "id", "allow", "remark", "ends_in")


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Does the control get through, and the other not?"""
    known(given, *_KNOWN)
    control = reaches.check(at, one(given, "control"))
    if control.passed is not True:
        if control.broken and "control_id" in given:
            control = replace(control, broken=replace(control.broken, id=given["control_id"]))
        return control
    serve(at, texts(given, "serve"))
    one(given, "to")
    absent = missing(at, str(one(given, "from")))
    if absent:
        return Verdict(False, absent, control.probes)
    return _asked(at, given, control)


def _asked(at: Situation, given: Mapping[str, Any], control: Verdict) -> Verdict:
    at.look()
    source, wanted, said = str(given["from"]), texts(given, "to"), list(control.probes)
    try:
        probes = [_probe(at, source, to, str(given.get("by", ""))) for to in wanted]
    except NotFound as error:
        absent = Broken("NS.MISSING", "namespace", {"space": error.what}, ("ip netns list",))
        return Verdict(False, absent, control.probes)
    answers = probe_all(at.stack, probes, at.survey.paths())
    at.stack.enter("")
    through: list[Broken] = []
    for to, answer in zip(wanted, answers, strict=True):
        word = came(at, answer)
        kind = "ping" if answer.probe.kind == "icmp" else answer.probe.kind
        said.append(f"{source} → {to} ({kind}): {word}")
        if answer.ok or (answer.code == "refused" and "refused" not in texts(given, "allow")):
            through.append(_open(given, to, word, answer.probe))
    if through and not given.get("remark"):
        return Verdict(False, through[0], tuple(said))
    if "ends_in" in given and not through:
        walk = at.trace(source, wanted[0], probes[0].kind, WAIT).walk
        misplaced = elsewhere(at, walk, str(given["ends_in"]))
        if misplaced:
            return Verdict(False, misplaced, tuple(said))
    return Verdict(True, None, tuple(said), tuple(through))


def _probe(at: Situation, source: str, to: str, by: str) -> Probe:
    origin = at.places.source(source)
    aim = at.places.target(to, origin)
    usual = aim.scheme if aim.scheme in ("tcp", "udp") else "tcp" if aim.port else "ping"
    kind = "icmp" if (by or usual) == "ping" else by or usual
    port = 0 if kind == "icmp" else aim.port
    return Probe(origin.space, kind, aim.address, port, timeout=0.7)


def _open(given: Mapping[str, Any], to: str, word: str, asked: Probe) -> Broken:
    facts: dict[str, str | int] = {"source": str(given["from"]), "space": str(given["from"])}
    facts |= {"to": to, "came": word, "address": asked.address, "port": asked.port}
    return Broken(str(given.get("id", "FLT.OPEN")), "filter", facts, ("nft list ruleset",))
