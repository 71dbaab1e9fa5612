"""What came of a run."""

from __future__ import annotations

from ...value import Value
from .run import Run


class Outcome(Value):
    """`wanted` and `came` are a few words each, `detail` lines that help to see why. `seconds` is
    how long it took. `skipped`: it could not be done here."""

    run: Run
    ok: bool
    wanted: str
    came: str
    detail: tuple[str, ...] = ()
    seconds: float = 0.0
    skipped: bool = False
