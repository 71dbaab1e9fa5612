"""The account of a diagnosis: as JSON, and as a ladder for people."""

from __future__ import annotations

import os
from typing import Any

from ..diagnose import texts
from ..diagnose.findings import RUNGS, Broken, Finding
from ..diagnose.probe import Answer
from ..diagnose.texts.particles import settle
from .fold import columns, fold

_WIDTH = 100  # columns at most


def data(finding: Finding, language: str = "en") -> dict[str, Any]:
    """The finding for programs. `id`, `rung` are None and `message` says so if it arrives."""
    broken = finding.broken
    words = texts.words(language)
    return {
        "ok": finding.ok,
        "id": finding.id,
        "rung": finding.rung,
        "facts": dict(broken.facts) if broken else {},
        "message": texts.message(broken, language) if broken else _plain(finding, words),
        "see": list(broken.see) if broken else [],
        "docker": texts.of(broken, language).docker if broken else "",
        "hint": texts.of(broken, language).hint if broken else "",
        "probe": _asked(finding),
        "remarks": [_remark(each, language) for each in finding.remarks],
        "notes": [words.get(note, note) for note in finding.notes],
    }


def _plain(finding: Finding, words: dict[str, str]) -> str:
    """The message of a finding without a broken rung."""
    if finding.ok is not None:
        return words["arrives"]
    first = finding.answers[0] if finding.answers else None
    return f"{words['unknown']}: {came(first, words)}" if first else words["unknown"]


def _remark(one: Broken, language: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "rung": one.rung,
        "facts": dict(one.facts),
        "message": texts.message(one, language),
        "see": list(one.see),
        "docker": texts.of(one, language).docker,
    }


def _asked(finding: Finding) -> dict[str, Any]:
    first = finding.answers[0] if finding.answers else None
    return {
        "from": finding.source.label,
        "to": finding.target.text,
        "protocol": finding.protocol,
        "address": first.probe.address if first else finding.target.address,
        "port": first.probe.port if first else finding.target.port,
        "source": first.local[0] if first else "",
        "device": finding.device,
        "answer": first.code if first else None,
        "seconds": round(first.seconds, 6) if first else None,
    }


def lines(finding: Finding, language: str = "en", width: int = _WIDTH) -> list[str]:
    """The finding for people, in lines of a terminal of so many columns."""
    words, names = texts.words(language), texts.rungs(language)
    room = min(width, _WIDTH)
    found = [*_question(finding, words), ""]
    beside = max(map(columns, names.values())) + 2
    for rung in RUNGS:
        if rung == finding.rung and finding.broken:
            title = texts.of(finding.broken, language).title
            gap = " " * (beside - columns(names[rung]))
            found.append(f"  ✗ {names[rung]}{gap}{finding.id}: {title}")
            break  # Stacks are looked at one after the other: higher rungs of the first may be ✓.
        if rung in finding.passed:
            found.append(f"  ✓ {names[rung]}")
    found += _rest(finding, words, names, room)
    if finding.broken:
        found += ["", *_explained(finding.broken, words, language, room)]
    for each in finding.remarks:
        found += ["", f"{words['remark']}: {each.id}", *_explained(each, words, language, room)]
    return [*found, *(f"({words.get(note, note)})" for note in finding.notes)]


def brief(finding: Finding, language: str = "en") -> list[str]:
    """The diagnosis on one line; nothing if it arrives."""
    broken = finding.broken
    if finding.ok is None:
        return [_plain(finding, texts.words(language))]
    return [f"{broken.id}: {texts.message(broken, language)}"] if broken else []


def _question(finding: Finding, words: dict[str, str]) -> list[str]:
    target, first = finding.target, finding.answers[0] if finding.answers else None
    asked = words["asked"].format(source=finding.source.label, target=target.text)
    found = [f"{asked} ({finding.protocol})"]
    if first is None:
        return [*found, f"  {words['came']}: {words['unsent']}"]
    port = f":{first.probe.port}" if first.probe.port else ""
    where = words["to"].format(address=first.probe.address + port)
    if first.local[0] not in ("", "0.0.0.0", "::"):
        by = words["from"].format(address=first.local[0], device=finding.device or "lo")
        where = f"{by} {where}"
    if target.name:
        where += " " + words["resolved"].format(name=target.name, address=first.probe.address)
    return [*found, f"  {settle(where)}", f"  {words['came']}: {came(first, words)}"]


def came(answer: Answer, words: dict[str, str]) -> str:
    """What came back, in words."""
    if answer.ok:
        return words["answered"].format(
            what=words[answer.probe.kind], time=f"{answer.seconds * 1000:.1f}"
        )
    return words[answer.code].format(by=answer.by or "?", errno=os.strerror(answer.errno))


def _rest(finding: Finding, words: dict[str, str], names: dict[str, str], width: int) -> list[str]:
    if finding.ok:
        return []
    if finding.ok is None:
        return [f"  ? {_plain(finding, words)}"]
    left = [names[r] for r in RUNGS if r not in finding.passed and r != finding.rung]
    left = [x for x in left if x != names["name"] or finding.target.name]
    return _wrapped(f"{words['unchecked']}: {', '.join(left)}", width, "  · ") if left else []


def _explained(broken: Broken, words: dict[str, str], language: str, width: int) -> list[str]:
    text = texts.of(broken, language)
    return [
        *_wrapped(text.said(broken.facts), width),
        *(f"  {words['look']}: {command}" for command in broken.see),
        *_wrapped(text.hint, width, f"  {words['hint']}: "),
        *_wrapped(text.docker, width, f"  {words['docker']}: "),
    ]


def _wrapped(text: str, width: int, first: str = "") -> list[str]:
    """A text in lines that fit the terminal. Commands to be copied stay on one line."""
    indent = " " * (len(first) - len(first.lstrip()) + 2) if first else ""
    return fold(text.split(), first, indent, width)
