"""Questions to the network, and their answers in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...diagnose.findings import Broken, Facts, Finding
from ...diagnose.probe import Answer
from ...kernel.errors import NotFound
from ...value import replace
from ..scene.scene import port_of
from ..situation import Situation

#: What a stub says (`kernel.stub`): who, where, whom it saw.
_SAW = re.compile(rb"(?P<who>\S+) (?P<own>\S+):\d+ saw (?P<peer>\S+):\d+")


def missing(at: Situation, *names: str) -> Broken | None:
    """Is there no namespace of one of these names? (``host``, ``outside``, addresses: always.)"""
    for name in names:
        if name and name not in ("host", "outside") and at.key(name) is None:
            unnamed = at.unnamed()
            if unnamed:
                facts: Facts = {"space": name, "pid": unnamed[0]}
                return Broken("NS.NOT_NAMED", "namespace", facts, ("ip netns list", "lsns -t net"))
            return Broken("NS.MISSING", "namespace", {"space": name}, ("ip netns list",))
    return None


def serve(at: Situation, wanted: list[str]) -> dict[str, str]:
    """Have ``c1:80``, ``c1:53/udp`` or ``c1@127.0.0.1:80`` answer: by room the words they say."""
    found = {}
    for each in wanted:
        name, at_sign, where = each.partition("@")
        if not at_sign:
            name, _, where = each.partition(":")
        protocol, address, port = port_of(where)
        found[name] = at.serve(name, port, protocol, address)
    return found


def ask(at: Situation, source: str, target: str, by: str) -> Finding | Broken:
    """The finding; or what is broken where a place that is asked for is not there."""
    host = re.split(r"[:/]", target.partition("://")[2] or target)[0]
    names = [source] + ([host] if host.isidentifier() and "://" not in target else [])
    absent = missing(at, *names)
    if absent:
        return absent
    try:
        return at.diagnose(source, target, by)
    except NotFound as error:
        return Broken("NS.MISSING", "namespace", {"space": error.what}, ("ip netns list",))


def said(finding: Finding) -> tuple[str, str]:
    """Who answered, and the address that it saw; "" where nobody says so."""
    for answer in finding.answers:
        found = _SAW.search(answer.data)
        if found:
            return found["who"].decode(), found["peer"].decode().strip("[]")
    return "", ""


def line(at: Situation, finding: Finding) -> str:
    """``c1 → 172.17.0.3:80 (tcp, by eth0): connection refused``."""
    first = finding.answers[0] if finding.answers else None
    if first is None:
        return f"{finding.source.label} → {finding.target.text}: {at.say('unsent')}"
    port = f":{first.probe.port}" if first.probe.port else ""
    to = f"{first.probe.address}{port}"
    name = finding.target.text
    called = f"{name} ({to})" if name not in (to, first.probe.address) else to
    device = f", {finding.device}" if finding.device else ""
    kind = {"icmp": "ping"}.get(finding.protocol, finding.protocol)
    return f"{finding.source.label} → {called} ({kind}{device}): {_came(at, finding)}"


def _came(at: Situation, finding: Finding) -> str:
    first = finding.answers[0]
    who, peer = said(finding)
    if first.ok and who:
        return at.say("saw", who=who, peer=peer)
    if first.ok:
        return at.say("answer-after", ms=f"{first.seconds * 1000:.1f}")
    return came(at, first)


def came(at: Situation, answer: Answer) -> str:
    """What came back, in a few words."""
    if answer.ok:
        return at.say("answer")
    word = at.say(answer.code)
    return at.say("said-by", word=word, by=answer.by) if answer.by else word


def called(broken: Broken, names: Mapping[str, str]) -> Broken:
    """With the exercise's own id, where it has one for this (`as`)."""
    return replace(broken, id=names[broken.id]) if broken.id in names else broken
