"""Moments and spans as the docker command writes them."""

from __future__ import annotations

import time

_NEVER = "0001-01-01T00:00:00Z"


def stamp(moment: float) -> str:
    """RFC 3339 with as many decimals as there are, in UTC; Go's zero time for 0."""
    if not moment:
        return _NEVER
    return f"{_date(moment, 'T')}{_fraction(moment)}Z"


def spoken(moment: float) -> str:
    """As Go prints a time: ``2026-11-21 10:21:44.79 +0000 UTC``."""
    return f"{_date(moment, ' ')}{_fraction(moment)} +0000 UTC" if moment else f"{_NEVER} UTC"


def local(moment: float) -> str:
    """As ``docker ps`` prints when a container was created: the time of this place."""
    return time.strftime("%Y-%m-%d %H:%M:%S %z %Z", time.localtime(moment))


def ago(seconds: float) -> str:
    """A span in a few words (go-units' HumanDuration): ``About a minute``, ``3 hours``."""
    whole = int(seconds)
    minutes, hours = whole // 60, int(seconds / 3600 + 0.5)
    if whole < 1:
        return "Less than a second"
    if whole < 60:
        return "1 second" if whole == 1 else f"{whole} seconds"
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    for limit, size, noun in _LONG:
        if hours < limit:
            return f"{hours // size} {noun}"
    return f"{hours // (24 * 365)} years"


_DAY = 24
_LONG = (
    (14 * _DAY, _DAY, "days"),
    (60 * _DAY, 7 * _DAY, "weeks"),
    (730 * _DAY, 30 * _DAY, "months"),
)


def _date(moment: float, between: str) -> str:
    return time.strftime(f"%Y-%m-%d{between}%H:%M:%S", time.gmtime(moment))


def _fraction(moment: float) -> str:
    digits = f"{int(moment % 1 * 1e6):06d}".rstrip("0")
    return f".{digits}" if digits else ""
