"""All exercises of the library: as root every property of each, as an ordinary user the quick ones
and a share of the others that moves on from day to day (NSNET_LAB_ALL=1: all of them)."""

from __future__ import annotations

import os
import time

import pytest

from nsnet.labs import library
from nsnet.labs.exercise import Exercise
from nsnet.labs.verify import pool, report
from nsnet.labs.verify.proof import prove
from nsnet.labs.verify.run import KINDS, QUICK, Run, runs, sample

#: The days after which each run has had its turn.
SHARES = 5
LONG = [kind for kind in KINDS if kind not in QUICK]

each_exercise = pytest.mark.parametrize(
    "exercise", library.exercises().values(), ids=lambda x: x.id
)


@each_exercise
def test_it_is_sound(exercise: Exercise) -> None:
    """Words, the untouched scene, the solution."""
    _prove(runs([exercise], QUICK, None))


@each_exercise
def test_mistakes_and_lines(exercise: Exercise) -> None:
    """Mistakes, other solutions, lines left out, what is left behind."""
    found = runs([exercise], LONG, None)
    if not (os.environ.get("NSNET_LAB_ALL") or _real_root()):
        today = time.gmtime().tm_yday + exercise.number
        found = sample(found, today % SHARES + 1, SHARES)
    _prove(found)


def _real_root() -> bool:
    """Root of the machine itself, not of a user namespace (user_namespaces(7))."""
    with open("/proc/self/uid_map") as file:
        return file.read().split() == ["0", "0", "4294967295"]


def _prove(found: list[Run]) -> None:
    """Two at once: a run mostly waits, and other tests have their share of the machine."""
    bad = [each for each in pool.prove(found, prove, 2) if not each.ok]
    said = [line for each in bad for line in (report.line(each), *report.trouble(each))]
    assert not bad, "\n".join(said)
