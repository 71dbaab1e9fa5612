"""What an exercise leaves behind when it is ended: nothing, in a sandbox or on the machine."""

from __future__ import annotations

import os

from ...kernel import picture
from .. import library, session
from .outcome import Outcome
from .run import Run
from .stage import Stage

#: Seconds that what is ended may take until it is gone.
PATIENCE = 3.0

_WANTED = "nothing is left"


def prove(run: Run) -> Outcome:
    """Put it up, build it, grade it, end it; then the machine is as it was before."""
    ours = (os.path.basename(os.path.dirname(os.environ["NSNET_DATA"])),)
    before = picture.settled(ours)
    stage = Stage(library.find(run.exercise), run.seed, host=run.name == "host")
    stage.play(run.commands)
    marks = stage.grade()
    session.end()
    left = picture.left(before, ours, PATIENCE)
    if not marks.passed:
        return Outcome(run, False, _WANTED, f"it was not solved: {marks.came}", marks.told())
    came = f"left behind: {len(left)}" if left else _WANTED
    return Outcome(run, not left, _WANTED, came, tuple(left[:20]))
