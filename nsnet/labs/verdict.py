"""What an assertion says."""

from __future__ import annotations

from ..diagnose.findings import Broken
from ..value import Value

__all__ = ["Broken", "Verdict", "broken", "passed"]


class Verdict(Value):
    """`passed` is None where it could not be checked. `broken` says what is wrong. `probes` are
    what was asked and came back, in words; `remarks` are about what passed, but could be better.
    """

    passed: bool | None
    broken: Broken | None = None
    probes: tuple[str, ...] = ()
    remarks: tuple[Broken, ...] = ()


def passed(*probes: str, remarks: tuple[Broken, ...] = ()) -> Verdict:
    """All is well."""
    return Verdict(True, None, probes, remarks)


def broken(
    id: str,
    rung: str,
    /,
    *,
    see: tuple[str, ...] = (),
    probes: tuple[str, ...] = (),
    **facts: object,
) -> Verdict:
    """Something is not: the diagnosis `id` on a rung of the ladder, and its facts."""
    said = {name: each if isinstance(each, int) else str(each) for name, each in facts.items()}
    return Verdict(False, Broken(id, rung, said, see), probes)
