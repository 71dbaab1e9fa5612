"""Findings as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from ..diagnose.doctor.finding import BROKEN, LEVELS, NOTE, OK, UNSEEN, WARNING, Finding
from . import paint
from .words import count

Json = dict[str, object]
Findings = Mapping[str, Sequence[Finding]]

_SIGNS = {
    OK: ("✓", "+"),
    NOTE: ("·", ""),
    UNSEEN: ("?", "~"),
    WARNING: ("!", "~"),
    BROKEN: ("✗", "-"),
}


def lines(found: Findings, everything: bool, width: int) -> Iterator[str]:
    """What matters, by subject; with `everything` also what is in order. At last, a summary."""
    for subject, findings in found.items():
        shown = [each for each in findings if everything or each.level != OK]
        if shown:
            yield paint.heading(subject)
        for each in shown:
            yield from _lines(each, width)
    yield summary(found)


def _lines(finding: Finding, width: int) -> Iterator[str]:
    mark, colour = _SIGNS[finding.level]
    first, *more = wrap(finding.what, max(width - 4, 30), break_on_hyphens=False) or [""]
    yield f"  {paint.coloured(mark, colour)} {first}"
    yield from (f"    {each}" for each in more)
    for line in wrap(finding.breaks, max(width - 6, 30), break_on_hyphens=False):
        yield f"      {line}"
    for command in finding.mend:
        yield f"      → {paint.command(command)}"


def summary(found: Findings) -> str:
    """One line: how many of each kind."""
    levels = [each.level for findings in found.values() for each in findings]
    said = [
        (levels.count(BROKEN), "broken"),
        (levels.count(WARNING), "to heed"),
        (levels.count(NOTE), "to know"),
        (levels.count(UNSEEN), "not looked at"),
    ]
    words = [f"{number} {what}" for number, what in said if number]
    fine = f"{count(levels.count(OK), 'check')} in order"
    return ", ".join([fine, *words])


def data(found: Findings) -> Json:
    """For programs."""
    findings = [each for some in found.values() for each in some]
    return {
        "ok": not any(each.level == BROKEN for each in findings),
        "complete": not any(each.level == UNSEEN for each in findings),
        "counts": {level: sum(each.level == level for each in findings) for level in LEVELS},
        "findings": [
            {
                "subject": subject,
                "check": each.check,
                "level": each.level,
                "what": each.what,
                "breaks": each.breaks,
                "mend": list(each.mend),
            }
            for subject, some in found.items()
            for each in some
        ],
    }


def code(found: Findings) -> int:
    """The exit code: 1 something is broken, 3 not that anybody knows, but something could not
    be looked at, 0 all is well."""
    levels = {each.level for findings in found.values() for each in findings}
    return 1 if BROKEN in levels else 3 if UNSEEN in levels else 0
