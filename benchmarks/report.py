"""Figures as a table for people or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .figures import Figure, Skipped, Spread

HEADER = ("what", "nsnet", "beside", "", "ratio", "target", "")


def as_json(results: Iterable[Figure | Skipped]) -> str:
    """A list of objects; a benchmark that was skipped has a `reason`."""
    return json.dumps(
        [
            {"what": each.what, "reason": each.reason}
            if isinstance(each, Skipped)
            else each.plain()
            for each in results
        ],
        indent=1,
    )


def as_table(results: Iterable[Figure | Skipped]) -> str:
    """Medians, with (least–greatest)."""
    rows: list[tuple[str, ...]] = [HEADER]
    skipped = []
    for each in results:
        if isinstance(each, Skipped):
            skipped.append(f"{each.what}: skipped: {each.reason}")
        else:
            rows.append(_row(each))
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(lines[:1] * (len(rows) > 1) + lines[1:] + skipped)


def _row(figure: Figure) -> tuple[str, ...]:
    verdict = {True: "met", False: "missed", None: ""}[figure.met]
    other, ratio = figure.other, figure.ratio
    return (
        figure.what,
        _spread(figure.value, figure.unit),
        figure.against,
        _spread(other, figure.unit) if other else "",
        _spread(ratio, "×") if ratio else "",
        figure.target,
        verdict,
    )


def _spread(spread: Spread, unit: str) -> str:
    low, high = _number(spread.low), _number(spread.high)
    return f"{_number(spread.median)} {unit} ({low}–{high})"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
