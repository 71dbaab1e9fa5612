"""``--filter`` of the prune commands: which things go, by their labels and their age."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import bad

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "ns": 1e-9}
_SPAN = re.compile(r"([0-9]+(?:\.[0-9]*)?)(h|ms|us|ns|m|s)")


@dataclass(frozen=True, slots=True)
class Filter:
    """What has been made before `until` (seconds since 1970), has all of `labels` and none of
    `without`. A label is a name, with or without a value."""

    until: float | None = None
    labels: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def takes(self, created: float, labels: Mapping[str, str]) -> bool:
        """Is something of this age and with these labels meant?"""
        if self.until is not None and created >= self.until:
            return False
        if any(_has(labels, word) for word in self.without):
            return False
        return all(_has(labels, word) for word in self.labels)


def read(words: Iterable[str], now: float) -> Filter:
    """``until=TIME``, ``label=NAME[=VALUE]``, ``label!=NAME[=VALUE]``; `now` is in seconds since
    1970. Raises `BadFlag`."""
    until: float | None = None
    labels, without = [], []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise bad("--filter", word, "bad format of filter: write NAME=VALUE, as label=tier")
        if key == "until":
            if until is not None:
                raise bad("--filter", word, "more than one until filter specified: keep one")
            until = _moment(value, now)
        elif key == "label":
            labels.append(value)
        elif key == "label!":
            without.append(value)
        else:
            raise bad("--filter", word, f"invalid filter '{key}': use until, label or label!")
    return Filter(until, tuple(labels), tuple(without))


def _has(labels: Mapping[str, str], word: str) -> bool:
    name, equals, value = word.partition("=")
    return name in labels and (not equals or labels[name] == value)


def _moment(text: str, now: float) -> float:
    """A time as Docker reads it: seconds since 1970, how long ago (``10m``, ``1h30m``), or a
    date with or without a time of day (RFC 3339; without a zone, the host's)."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return float(text)
    if text and not _SPAN.sub("", text):
        return now - sum(float(n) * _SECONDS[unit] for n, unit in _SPAN.findall(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        why = "write how long ago (24h, 10m) or a date (2026-01-31, 2026-01-31T10:00:00Z)"
        raise bad("--filter", f"until={text}", f"failed to parse the time: {why}") from None
    return (moment if moment.tzinfo else moment.astimezone()).astimezone(UTC).timestamp()
