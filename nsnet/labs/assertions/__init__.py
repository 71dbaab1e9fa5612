"""What an exercise can demand: one file for each kind, found by its name.

Each has `check(at, given)`: `at` is the `Situation`, `given` the arguments in lab.yaml with the
attempt's values filled in. What is asked of the network decides; what is read from the kernel
gives the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..situation import Situation
    from ..verdict import Verdict


def check(kind: str, at: Situation, given: Mapping[str, Any]) -> Verdict:
    """What the assertion `kind` says."""
    module = import_module(f"{__name__}.{kind}")
    verdict: Verdict = module.check(at, given)
    return verdict
