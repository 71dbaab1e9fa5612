"""The lab shell again and again: what cannot be done from within it is done when it has ended."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ..output import say
from .common import told

if TYPE_CHECKING:
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise


def begin(one: Exercise, seed: int | None, host: bool, lang: str, quiet: bool = False) -> None:
    """Prepare an exercise and read its task to the learner."""
    from ...labs import session
    from .show import say_task

    if not quiet:
        told("prepares", lang, id=one.id)
    seed = random.randrange(1_000_000) if seed is None else seed
    attempt = session.start(one, seed, host)
    if not quiet:
        say("")
        say_task(one, attempt.values(one), lang)
        say("")


def wish(attempt: Attempt, what: str, lang: str) -> int | None:
    """In the lab shell: note what it has to be left for, and leave; the exit code. None where
    there is nothing to leave."""
    from ...labs import attempt as attempts
    from ...labs import shell

    if not shell.in_shell(attempt):
        return None
    with attempts.changing() as now:
        now.wish = what
    if shell.wanted_to_leave():
        return shell.LEAVE
    told("leave", lang)
    return 0


def open_shell(lang: str, quiet: bool = False) -> int:
    """Open the shell of what is under work, until it is left for good; its last exit code."""
    while True:
        code = _visit(lang, quiet)
        wanted = _wish()
        if wanted is None:
            told("ended", lang)
            return code
        if not wanted:
            return code
        if not _carry_out(wanted, lang):
            return 0


def _visit(lang: str, quiet: bool) -> int:
    from ...kernel.errors import KernelError
    from ...labs import attempt as attempts
    from ...labs import session, shell

    with attempts.changing() as now:
        now.wish = ""
    one = now.description()
    if not quiet:
        key = "shell" if now.where == "sandbox" else "shell_host"
        told(key, lang, words=", ".join((*shell.WORDS[:3], "next", "reset", "serve", "exit")))
    before = now.started
    try:
        code = session.inside(lambda: shell.run(now, one, lang))
    except KernelError:
        after = attempts.load()
        if after and after.started == before:
            raise
        return 1  # ended from elsewhere, and perhaps begun anew
    after = attempts.load()
    if after and not after.wish and not quiet:
        told("left", lang, id=one.id)
    return code


def _wish() -> str | None:
    """What the shell was left for; None if nothing is under work any more."""
    from ...labs import attempt as attempts

    now = attempts.load()
    if now is None:
        return None
    return now.wish


def _carry_out(wanted: str, lang: str) -> bool:
    """Do it; False if no shell is to be opened after it."""
    from ...labs import attempt as attempts
    from ...labs import library, progress, session

    now = attempts.require()
    what, _, name = wanted.partition(" ")
    host = now.where == "host"
    if what == "stop":
        session.end()
        told("stopped", lang, id=now.exercise)
        return False
    if what == "reset":
        begin(now.description(), now.seed, host, lang)
    elif what == "start":
        begin(library.find(name), None, host, lang)
    else:
        following = progress.next_after(now.exercise, progress.load())
        if following is None:
            told("all", lang, count=len(library.exercises()))
            return False
        begin(following, None, host, lang)
    return True
