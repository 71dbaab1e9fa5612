"""``spread``: calls are shared among several listeners.

    spread: {from: lan, to: "10.0.0.11:8080", serve: [web1:80, web2:80], among: [web1, web2]}

It is called until each has answered, at most `times` times (24). A call that fails is explained as
by `reaches`. `id` is the diagnosis where some never answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.probe import Answer, Probe
from ...diagnose.prober import probe
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from . import reaches
from ._asked import came, missing, serve
from ._given import known, one, texts

_TIMES = 24
_AGAIN = 4
_WAIT = 0.7


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Do all of them answer?"""
    known(given, "from", "to", "serve", "among", "times", "id", "as")
    source, to = str(one(given, "from")), str(one(given, "to"))
    absent = missing(at, source, *texts(given, "among"))
    if absent:
        return Verdict(False, absent)
    words = serve(at, texts(given, "serve"))
    wanted = {words.get(name) or name: name for name in texts(given, "among")}
    count: dict[str, int] = {}
    for _ in range(int(given.get("times", _TIMES))):
        answer = _call(at, source, to)
        if not answer.ok:
            return _failed(at, given, answer, source, to)
        who = _who(answer)
        name = wanted.get(who, who)
        count[name] = count.get(name, 0) + 1
        if set(wanted.values()) <= count.keys():
            break
    said = f"{source} → {to}: answered by {', '.join(f'{k} ({n})' for k, n in count.items())}"
    silent = [name for name in wanted.values() if name not in count]
    if not silent:
        return passed(said)
    facts = {"to": to, "who": ", ".join(count), "space": silent[0], "number": sum(count.values())}
    id = str(given.get("id", "MESH.ONE_SIDED"))
    return broken(id, "nat", see=("nft list ruleset",), probes=(said,), **facts)


def _call(at: Situation, source: str, to: str) -> Answer:
    origin = at.places.source(source)
    aim = at.places.target(to, origin)
    asked = Probe(origin.space, "http", aim.address, aim.port, timeout=_WAIT, host=aim.address)
    try:
        return probe(at.stack, asked, at.survey.paths())
    finally:
        at.stack.enter("")


def _who(answer: Answer) -> str:
    """The first word of what the listener says (`kernel.stub`)."""
    body = answer.data.rpartition(b"\r\n\r\n")[2].split()
    return body[0].decode(errors="replace") if body else "?"


def _failed(
    at: Situation, given: Mapping[str, Any], answer: Answer, source: str, to: str
) -> Verdict:
    """Why one call failed. Each may go another way, that of the trace too: it is asked again, until
    one fails for a reason that can be told."""
    more = {"as": given["as"]} if "as" in given else {}
    answered = False
    for _ in range(_AGAIN):
        found = reaches.check(at, {"from": source, "to": to, "by": "http", **more})
        answered = answered or found.passed is True or _call(at, source, to).ok
        unclear = found.broken is None or found.broken.id == "UNKNOWN"
        if found.passed is False and not (unclear and answered):
            return found
    said = f"{source} → {to} (http): {came(at, answer)}, but not each time"
    facts = {"source": source, "to": to, "came": came(at, answer)}
    see = ("nft list ruleset",)
    return broken("MESH.NOT_ALWAYS", "nat", see=see, probes=(said,), **facts)
