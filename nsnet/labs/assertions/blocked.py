"""``blocked``: somebody does not get through, while a control does.

    blocked: {from: db, to: 203.0.113.1, control: {from: db, to: app}, id: NET.INTERNAL}

The control is a question that must be answered, with the arguments of `reaches`: without it,
a machine on which nothing works would pass. `id` is the diagnosis where it gets through,
`control_id` the one where the control fails (by default, what `why` finds). `allow` are answers
that count as blocked besides silence: refused. `remark`: getting through is no failure, but worth
a remark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Broken
from ...diagnose.probe import Probe
from ...diagnose.prober import probe
from ...kernel.errors import NotFound
from ...value import replace
from ..situation import Situation
from ..verdict import Verdict
from . import reaches
from ._asked import CAME, missing, serve
from ._given import known, one, texts

_KNOWN = ("from", "to", "by", "serve", "control", "control_id", "id", "allow", "remark")


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Does the control get through, and the other not?"""
    known(given, *_KNOWN)
    control = reaches.check(at, one(given, "control"))
    if control.passed is not True:
        if control.broken and "control_id" in given:
            control = replace(control, broken=replace(control.broken, id=given["control_id"]))
        return control
    serve(at, texts(given, "serve"))
    absent = missing(at, str(one(given, "from")))
    if absent:
        return Verdict(False, absent, control.probes)
    return _asked(at, given, control)


def _asked(at: Situation, given: Mapping[str, Any], control: Verdict) -> Verdict:
    at.look()
    source, to = str(given["from"]), str(one(given, "to"))
    try:
        origin = at.places.source(source)
        aim = at.places.target(to, origin)
    except NotFound as error:
        absent = Broken("NS.MISSING", "namespace", {"space": error.what}, ("ip netns list",))
        return Verdict(False, absent, control.probes)
    by = str(given.get("by", "")) or ("tcp" if aim.port else "ping")
    kind = "icmp" if by == "ping" else by
    port = 0 if kind == "icmp" else aim.port
    asked = Probe(origin.space, kind, aim.address, port, timeout=0.7)
    answer = probe(at.stack, asked, at.survey.paths())
    at.stack.enter("")
    came = "an answer" if answer.ok else CAME.get(answer.code, answer.code)
    line = f"{source} → {to} ({by}): {came}"
    through = answer.ok or (answer.code == "refused" and "refused" not in texts(given, "allow"))
    if not through:
        return Verdict(True, None, (*control.probes, line))
    facts: dict[str, str | int] = {
        "source": source,
        "to": to,
        "came": came,
        "space": source,
        "address": aim.address,
    }
    facts |= {"port": aim.port}
    see = ("nft list ruleset",)
    found = Broken(str(given.get("id", "FLT.OPEN")), "filter", facts, see)
    if given.get("remark"):
        return Verdict(True, None, (*control.probes, line), (found,))
    return Verdict(False, found, (*control.probes, line))
