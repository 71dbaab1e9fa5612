"""The properties, each proved by a run in a fresh machine."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence

from ...kernel.errors import KernelError
from .. import library
from ..scene import NoModule
from ..script import Command
from . import residue, words
from .outcome import Outcome
from .report import counted
from .run import Run
from .scripted import PATIENCE, Done, Hung, Played
from .stage import Marks, Stage, own_folders
from .typed import Keyboard

#: So many lines of a script's output are shown at most.
_SHOWN = 8
#: Seconds that the shell's own `check` may take.
_CHECK = 90.0


def prove(run: Run) -> Outcome:
    """Do a run in the machine that we are in; what fails is an outcome too."""
    absent = [each for each in run.needs if not _is_here(each)]
    if absent:
        return _skipped(run, f"there is no {absent[0]} here")
    folder = own_folders()
    try:
        return _PROOFS[run.kind](run)
    except Hung as error:
        return Outcome(run, False, "commands that end", f"a command hangs: {error}")
    except NoModule as error:
        return _skipped(run, str(error))
    except KernelError as error:
        return Outcome(run, False, "a run without trouble", str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_here(needed: str) -> bool:
    """A program, or the path of something in /proc."""
    return os.path.exists(needed) if "/" in needed else shutil.which(needed) is not None


def _skipped(run: Run, why: str) -> Outcome:
    return Outcome(run, True, "", f"skipped: {why}", skipped=True)


def _stage(run: Run) -> Stage:
    return Stage(library.find(run.exercise), run.seed)


def _texts(run: Run) -> Outcome:
    found = words.faults(library.find(run.exercise))
    came = counted(len(found), "fault") if found else "nothing to find fault with"
    return Outcome(run, not found, "words in all languages", came, tuple(found))


def _untouched(run: Run) -> Outcome:
    marks = _stage(run).grade()
    fine = not marks.passed and marks.diagnosis not in ("", "UNKNOWN")
    return _marked(run, fine, "a diagnosis: nothing is built yet", marks)


def _broken(run: Run) -> Outcome:
    stage = _stage(run)
    played = stage.play(run.commands)
    marks = stage.grade()
    return _marked(run, marks.diagnosis in run.expect, " or ".join(run.expect), marks, played)


def _also(run: Run) -> Outcome:
    stage = _stage(run)
    played = stage.play(run.commands)
    marks = stage.grade()
    if marks.passed and played.failed:
        return _failed(run, played.failed[0], played.output.splitlines()[-_SHOWN:])
    return _marked(run, marks.passed, "all checks pass", marks, played)


def _failed(run: Run, done: Done, shown: Sequence[str]) -> Outcome:
    """A solution in which something fails is none to show to others."""
    came = f"all checks pass, but a command fails ({done.status}): {done.command.brief}"
    return Outcome(run, False, "commands that succeed", came, tuple(shown))


def _solution(run: Run) -> Outcome:
    """Typed into the lab shell; checked by us, then by its own `check`."""
    wanted = "all checks pass, twice"
    stage = _stage(run)
    with keyboard(stage) as typing:
        shown: list[str] = []
        played = [_typed(typing, each, shown) for each in run.commands]
        marks = stage.grade()
        if not marks.passed:
            return _marked(run, False, wanted, marks, said=shown)
        untold = stage.debrief()
        checked = _typed(typing, Command("check", 0), shown, _CHECK)
        typing.leave()
    failed = [each for each in played if each.status]
    if failed:
        return _failed(run, failed[0], shown)
    if checked.status:
        came = f"the second `check` ends with {checked.status}"
        return Outcome(run, False, wanted, came, tuple(shown))
    came = "a debrief that has nothing to show" if untold else wanted
    return Outcome(run, not untold, wanted, came, tuple(untold))


def _typed(
    typing: Keyboard, command: Command, shown: list[str], patience: float = PATIENCE
) -> Done:
    """Type a command, and add to `shown` what was seen; how it ended, which `$?` tells."""
    said = typing.enter(command, patience)
    shown += [f"$ {command.text}", *said.splitlines()[-_SHOWN:]]
    return Done(command, int(typing.say("echo $?").splitlines()[-1]))


def keyboard(stage: Stage) -> Keyboard:
    """The real lab shell, at its first prompt."""
    typing = Keyboard(stage.shell, rf"\({re.escape(stage.exercise.id)}\) # $")
    typing.ready()
    return typing


def _marked(
    run: Run,
    ok: bool,
    wanted: str,
    marks: Marks,
    played: Played | None = None,
    said: Sequence[str] = (),
) -> Outcome:
    lines = list(marks.told())
    if played:
        failed = [f"failed ({x.status}): {x.command.brief}" for x in played.failed]
        lines += [*failed, *played.output.splitlines()[-_SHOWN:]]
    lines += said
    return Outcome(run, ok, wanted, marks.came, () if ok else tuple(lines))


_PROOFS: dict[str, Callable[[Run], Outcome]] = {
    "texts": _texts,
    "untouched": _untouched,
    "solution": _solution,
    "broken": _broken,
    "also": _also,
    "without": _broken,
    "residue": residue.prove,
}
