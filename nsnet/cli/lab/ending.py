"""What comes of a check when all its results are there: kept, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..output import say
from .common import say_text, told

if TYPE_CHECKING:
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise
    from ...labs.grade import Result
    from ...labs.situation import Situation


def note(
    one: Exercise, results: list[Result], checked: Attempt, lang: str, counts: bool = True
) -> dict[str, Any]:
    """Keep the results with the attempt, and give them as data. What could not be checked was not
    one of the learner's checks, nor is what nsnet checks by itself (`counts`). An attempt that has
    been ended from another terminal meanwhile keeps nothing."""
    from ...labs import attempt, grade

    data = grade.data(one, results, f"{one.id}-{checked.seed}", checked.hints, lang)
    with attempt.changing() as now:
        if now.started == checked.started:
            now.last = data
            now.checks += counts and grade.exit_code(results) != 3
    return data


def say_passed(at: Situation, one: Exercise, first: bool, lang: str) -> None:
    """That it is solved; the first time, what there is to know about it, too."""
    from ...labs import attempt, debrief

    told("passed" if first else "passed_again", lang, id=one.id)
    if first:
        say("")
        say_text("\n".join(debrief.lines(at, lang, attempt.require().predicted or 0)))
