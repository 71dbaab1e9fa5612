"""``reaches``: somebody gets an answer from somebody.

    reaches: {from: c1, to: "172.17.0.3:80", by: http, serve: c2:80,
              answered_by: c2, sees: 172.17.0.2, unseen: NAT.MASQ_TOO_WIDE}

`by` is ping, tcp, udp or http. `serve` has a listener opened for the question (`c1:80`,
`c1:53/udp`, `c1@127.0.0.1:80`). `answered_by` is the room whose listener must have answered,
`sees` the address that it must have seen (`unseen` is the id if not). `as` renames diagnoses,
`remarks` are ids of remarks that count as failures, `else` the id where no cause is found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Finding
from ...value import replace
from ..situation import Situation
from ..verdict import Broken, Verdict
from ._asked import ask, called, line, said, serve
from ._given import known, one, texts

#: What `Situation.serve` puts behind the name of a room.
_TOKEN = re.compile(r"-[0-9a-f]{6}$")

_KNOWN = (
    *("from", "to", "by", "serve", "answered_by", "sees", "unseen", "as", "remarks", "else"),
    "stranger",
)


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Does the answer come?"""
    known(given, *_KNOWN)
    words = serve(at, texts(given, "serve"))
    found = ask(at, str(one(given, "from")), str(one(given, "to")), str(given.get("by", "")))
    names = given.get("as") or {}
    if isinstance(found, Broken):
        return Verdict(False, called(found, names))
    probe = line(at, found)
    if found.ok is None:
        return Verdict(None, found.broken, (probe,))
    if not found.ok:
        assert found.broken
        cause = called(found.broken, names)
        if cause.id == "UNKNOWN" and "else" in given:
            cause = replace(cause, id=str(given["else"]))
        return Verdict(False, cause, (probe,))
    wrong = _remarked(found, texts(given, "remarks")) or _strange(at, found, given, words)
    if wrong:
        return Verdict(False, called(wrong, names), (probe,))
    return Verdict(True, None, (probe,), found.remarks)


def _remarked(found: Finding, ids: list[str]) -> Broken | None:
    return next((each for each in found.remarks if each.id in ids), None)


def _strange(
    at: Situation, found: Finding, given: Mapping[str, Any], words: Mapping[str, str]
) -> Broken | None:
    """Has another one answered, or one seen another caller than it should?"""
    who, peer = said(found)
    wanted = str(given.get("answered_by", ""))
    word = words.get(wanted, "")
    if wanted and who != word and (word or not _is(at, who, wanted)):
        id = str(given.get("stranger", "ANSWER.STRANGER"))
        facts = {"space": wanted, "who": who or "?", "to": found.target.text}
        return Broken(id, "answer", facts)
    sees = str(given.get("sees", ""))
    if sees and peer and peer != sees:
        id = str(given.get("unseen", "NAT.WRONG_SOURCE"))
        facts = {"source": found.source.label, "expected": sees, "saw": peer}
        facts |= {"space": wanted or found.target.text, "address": peer, "to": found.target.text}
        facts |= {"seen": peer, "router": "host"}
        return Broken(id, "nat", facts, ("nft list ruleset",))
    return None


def _is(at: Situation, who: str, wanted: str) -> bool:
    """A listener of the learner's own: what it calls itself is not ours to judge, unless it bears
    the name of another room."""
    name = _TOKEN.sub("", who)
    return name == wanted or at.key(name) is None
