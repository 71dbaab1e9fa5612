"""A learner's results, for a class to hand in."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
from collections.abc import Mapping
from typing import Any

from .._version import __version__
from . import library, progress
from .progress import Solved

_FIELDS = ("seconds", "checks", "hints", "predicted", "runs", "spoiled")


def collect(student: str) -> dict[str, Any]:
    """All exercises in order, solved or not, with the digest of everything else."""
    known = progress.load().solved
    found: dict[str, Any] = {
        "version": __version__,
        "student": student,
        "exported": _utc(time.time()),
        "exercises": [_row(name, known.get(name)) for name in library.exercises()],
    }
    return found | {"digest": digest(found)}


def digest(results: Mapping[str, Any]) -> str:
    """SHA-256 of the results without their digest, as JSON with sorted keys and no blanks."""
    rest = {key: value for key, value in results.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def csv_of(results: Mapping[str, Any]) -> str:
    """A line for each exercise (RFC 4180)."""
    out = io.StringIO()
    names = ("version", "student", "exported", "id", "solved", *_FIELDS, "digest")
    table = csv.DictWriter(out, names, extrasaction="ignore")
    table.writeheader()
    table.writerows({**results, **each} for each in results["exercises"])
    return out.getvalue()


def _row(name: str, solved: Solved | None) -> dict[str, Any]:
    if solved is None:
        return {"id": name, "solved": None} | dict.fromkeys(_FIELDS)
    found = {each: getattr(solved, each) for each in _FIELDS}
    found["seconds"] = round(found["seconds"])
    return {"id": name, "solved": _utc(solved.first), **found}


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
