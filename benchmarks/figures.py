"""What was measured: samples, the ratios of neighbours, and the targets they should meet."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and greatest of some samples."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: list[float]) -> Spread:
        """The spread of at least one sample."""
        return cls(median(samples), min(samples), max(samples))


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a report: `what` took `ours`, while `against` took `theirs`.

    `unit` is that of both ("ms", "MB"). Sample k of ours was taken next to sample k of
    theirs. The limits, each where there is one: `at_most` for our value, `ratio_at_most` for
    ours / theirs, `faster_by` for theirs / ours.
    """

    what: str
    ours: list[float]
    against: str = ""
    theirs: list[float] | None = None
    unit: str = "ms"
    at_most: float | None = None
    ratio_at_most: float | None = None
    faster_by: float | None = None

    @property
    def value(self) -> Spread:
        """Ours."""
        return Spread.of(self.ours)

    @property
    def other(self) -> Spread | None:
        """Theirs."""
        return Spread.of(self.theirs) if self.theirs else None

    @property
    def ratio(self) -> Spread | None:
        """Ours / theirs, pair by pair; theirs / ours where being faster is the point."""
        if not self.theirs:
            return None
        pairs = list(zip(self.ours, self.theirs, strict=True))
        return Spread.of([b / a if self.faster_by else a / b for a, b in pairs])

    @property
    def met(self) -> bool | None:
        """Are all limits kept, by the medians? None where there is no limit."""
        verdicts = []
        if self.at_most is not None:
            verdicts.append(self.value.median <= self.at_most)
        if self.ratio and self.ratio_at_most is not None:
            verdicts.append(self.ratio.median <= self.ratio_at_most)
        if self.ratio and self.faster_by is not None:
            verdicts.append(self.ratio.median >= self.faster_by)
        return all(verdicts) if verdicts else None

    @property
    def target(self) -> str:
        """The limits in words."""
        limits = (
            ("≤ {:g} " + self.unit, self.at_most),
            ("≤ {:g} ×", self.ratio_at_most),
            ("≥ {:g} × faster", self.faster_by),
        )
        return ", ".join(words.format(limit) for words, limit in limits if limit is not None)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": self.ours,
            "against": self.against,
            "theirs": self.theirs,
            "ratio": self.ratio and self.ratio.median,
            "target": self.target,
            "met": self.met,
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A benchmark that cannot run here, and why."""

    what: str
    reason: str
