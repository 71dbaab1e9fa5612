"""Grading: the checks of an exercise one after the other, up to the first that is not so."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..diagnose.findings import Broken
from ..kernel.errors import KernelError
from ..value import Value, replace
from . import assertions, texts
from .exercise import Check, Exercise, filled
from .situation import Situation
from .verdict import Verdict

#: Exit codes of `nsnet lab check`.
PASSED, FAILED, UNCHECKED = 0, 1, 3


class Result(Value):
    """What a check said; `verdict` is None where one before it was broken. `seconds` it took."""

    check: Check
    verdict: Verdict | None
    seconds: float = 0.0

    @property
    def passed(self) -> bool | None:
        """Is it so?"""
        return self.verdict.passed if self.verdict else None

    @property
    def id(self) -> str:
        """The diagnosis, if something is broken."""
        return self.verdict.broken.id if self.verdict and self.verdict.broken else ""


def grade(at: Situation) -> Iterator[Result]:
    """The results, each as soon as it is known."""
    stopped = False
    for each in at.exercise.checks:
        check = replace(each, title=filled(each.title, at.values))
        if stopped:
            yield Result(check, None)
            continue
        begun = time.monotonic()
        verdict = _said(at, check)
        stopped = verdict.passed is not True
        yield Result(check, verdict, time.monotonic() - begun)


def _said(at: Situation, check: Check) -> Verdict:
    at.look()
    try:
        return assertions.check(check.kind, at, filled(check.given, at.values))
    except KernelError as error:
        facts = {"what": str(error)}
        return Verdict(
            None, Broken("CHECK.FAILED", "answer", facts, (error.see,) if error.see else ())
        )
    finally:
        at.stack.enter("")


def exit_code(results: Sequence[Result]) -> int:
    """0: passed. 1: not. 3: that could not be checked."""
    if all(each.passed for each in results):
        return PASSED
    return FAILED if any(each.passed is False for each in results) else UNCHECKED


def data(
    exercise: Exercise,
    results: Sequence[Result],
    run: str = "",
    levels: Mapping[str, int] | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """The results for programs. `levels` are how many hints were given, by diagnosis."""
    names = [each.check.id for each in results]
    checks = [
        _data(each, names[number - 1] if number else None, levels or {}, language)
        for number, each in enumerate(results)
    ]
    return {
        "lab": exercise.id,
        "run": run,
        "passed": exit_code(results) == PASSED,
        "checks": checks,
    }


def _data(
    result: Result, before: str | None, levels: Mapping[str, int], language: str
) -> dict[str, Any]:
    verdict, found = result.verdict, None
    if verdict:
        found = verdict.broken
    return {
        "id": result.check.id,
        "passed": result.passed,
        "checked": verdict is not None,
        "diagnosis": found.id if found else None,
        "rung": found.rung if found else None,
        "facts": dict(found.facts) if found else {},
        "message": texts.message(found, language) if found else "",
        "see": list(found.see) if found else [],
        "probes": list(verdict.probes) if verdict else [],
        "remarks": [each.id for each in verdict.remarks] if verdict else [],
        "hint_level": levels.get(found.id, 0) if found else 0,
        "depends_on": before,
        "seconds": round(result.seconds, 3),
    }
