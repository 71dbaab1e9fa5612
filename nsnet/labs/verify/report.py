"""What is told of the runs: lines, data, and the table of exercises and properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .outcome import Outcome
from .run import KINDS

#: Heads of the table.
_HEADS = {
    "texts": "texts",
    "untouched": "untouched fails",
    "solution": "solution passes",
    "broken": "mistakes",
    "also": "other solutions",
    "without": "lines left out",
    "residue": "nothing left",
}


def line(outcome: Outcome) -> str:
    """One outcome in a line."""
    mark = "·" if outcome.skipped else "✓" if outcome.ok else "✗"
    return f"{mark} {outcome.run.title:<44} {outcome.came}  ({outcome.seconds:.1f} s)"


def trouble(outcome: Outcome) -> list[str]:
    """What an author has to know of one that failed."""
    where = (f"    script:   {outcome.run.path}",) if outcome.run.path else ()
    return [
        f"    expected: {outcome.wanted}",
        f"    came:     {outcome.came}",
        *(f"      {each}" for each in outcome.detail),
        *where,
        f"    again:    {outcome.run.again}",
    ]


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The last line."""
    bad = sum(not each.ok for each in outcomes)
    many = len({each.run.exercise for each in outcomes})
    said = f"{counted(len(outcomes), 'run')} of {counted(many, 'exercise')} in {seconds:.0f} s"
    skipped = sum(each.skipped for each in outcomes)
    said += f", {skipped} skipped" if skipped else ""
    return f"{said}: {bad} failed" if bad else f"{said}: all is well"


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A Markdown table: a line for each exercise, a column for each property."""
    kinds = [kind for kind in KINDS if any(each.run.kind == kind for each in outcomes)]
    lines = [
        "| exercise | " + " | ".join(_HEADS[kind] for kind in kinds) + " |",
        "|---|" + "---|" * len(kinds),
    ]
    names = list(dict.fromkeys(each.run.exercise for each in _ordered(outcomes)))
    for name in names:
        ours = [each for each in outcomes if each.run.exercise == name]
        cells = [_cell(ours, kind) for kind in kinds]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    totals = [_cell(outcomes, kind) for kind in kinds]
    lines.append(f"| {counted(len(names), 'exercise')} | " + " | ".join(totals) + " |")
    return lines


def _cell(outcomes: Sequence[Outcome], kind: str) -> str:
    found = [each for each in outcomes if each.run.kind == kind]
    if not found:
        return "–"
    good = sum(each.ok and not each.skipped for each in found)
    skipped = sum(each.skipped for each in found)
    mark = "" if all(each.ok for each in found) else "✗ "
    return f"{mark}{good}/{len(found)}" + (f" ({skipped} skipped)" if skipped else "")


def counted(number: int, what: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{number} {what}" + "s" * (number != 1)


def data(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """The same for programs."""
    return {
        "passed": all(each.ok for each in outcomes),
        "seconds": round(seconds, 1),
        "runs": [_datum(each) for each in _ordered(outcomes)],
    }


def _datum(outcome: Outcome) -> dict[str, Any]:
    run = outcome.run
    return {
        "exercise": run.exercise,
        "property": run.kind,
        "name": run.name,
        "passed": None if outcome.skipped else outcome.ok,
        "expected": outcome.wanted,
        "came": outcome.came,
        "detail": list(outcome.detail),
        "seed": run.seed,
        "seconds": round(outcome.seconds, 2),
        "again": run.again,
    }


def _ordered(outcomes: Sequence[Outcome]) -> list[Outcome]:
    from .. import library

    known = list(library.exercises())
    place = {name: number for number, name in enumerate(known)}
    return sorted(
        outcomes,
        key=lambda x: (place.get(x.run.exercise, 0), KINDS.index(x.run.kind), x.run.name),
    )
