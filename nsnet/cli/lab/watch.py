"""``nsnet lab watch``."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import click

from ..command import Command
from .common import lang_option, language, told, under_work

if TYPE_CHECKING:
    from types import FrameType

    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab watch", "in a second terminal, beside the lab shell"),
        ("nsnet lab watch >results.txt", "each result below the last, until Ctrl-C"),
    ),
)
@lang_option
@click.pass_context
def watch(ctx: click.Context, lang: str | None) -> int:
    """Check what you built, and check again 0.2 seconds after each change that the kernel tells
    of: interfaces, addresses, routes, rules, settings, namespaces, servers.

    Keys: h a hint, t the task, c check now, p predict, s status, n the next exercise (when this
    one is solved), x begin it anew, ? these keys, q quit.

    Without a terminal, it ends with its standard input. The exit code is 0.
    """
    from ...kernel.keyboard import Keyboard

    speech = language(lang)
    with Keyboard() as ours:  # Ours too: those inside are killed when their sandbox ends.
        while True:
            wanted = _visit(ctx, speech)
            if not wanted:
                return 0
            if wanted != _AGAIN:
                with ours.lines():
                    code = _carry_out(ctx, wanted, speech)
                if code is not None:
                    return code


#: What was under work is not any more; something else is.
_AGAIN = "again"


def _visit(ctx: click.Context, lang: str) -> str:
    """Watch what is under work now; what is to be done after it, "" for nothing."""
    from ...kernel.errors import KernelError
    from ...labs import attempt as attempts
    from ...labs import session

    attempt, one = under_work()
    if one.checks_allowed:
        why = f"it allows {one.checks_allowed} checks, and each change would take one"
        raise KernelError(f"cannot watch {one.id}", why, "nsnet lab check")
    try:
        return session.inside(lambda: _watched(ctx, attempt, one, lang))
    except KernelError:
        if _replaced(attempt):
            return _AGAIN
        if attempts.load():
            raise
        told("ended", lang)
        return ""


def _replaced(before: Attempt) -> bool:
    """Has it been ended from elsewhere, and begun anew, or another one?"""
    import time

    from ...labs import attempt as attempts
    from ...labs import session

    began = time.monotonic()
    while (waited := time.monotonic() - began) < _PATIENCE:
        now, there = attempts.load(), session.alive(before)
        if now and now.started != before.started and there:
            return True
        if (now and there) or (not there and waited > _STOPPED):
            return False
        time.sleep(0.1)
    return False


#: Seconds that another terminal may take to prepare a scene, and until it has begun with that.
_PATIENCE, _STOPPED = 20.0, 2.0


def _watched(ctx: click.Context, attempt: Attempt, one: Exercise, lang: str) -> str:
    """The same, where the exercise is."""
    from ...kernel.changes import Changes
    from ...kernel.keyboard import Keyboard
    from ...kernel.stack import Stack
    from ...labs.watch import watch as loop
    from .watching import Replaced, Watching, unheard

    before = {each: signal.signal(each, _interrupt) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with Stack() as stack, Changes(stack, unheard) as changes, Keyboard() as keyboard:
            learner = Watching(ctx, attempt, one, lang, keyboard)
            loop(changes, learner.check, learner, learner.keys, keyboard)
            return learner.wanted
    except KeyboardInterrupt:
        return ""
    except Replaced:
        return _AGAIN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _carry_out(ctx: click.Context, wanted: str, lang: str) -> int | None:
    """Go on to the next exercise, or begin anew; the exit code if that ends the watching."""
    from ...labs import attempt as attempts
    from .start import following, reset

    before = attempts.require()
    if wanted == "next":
        code = ctx.invoke(following, lang=lang, skip=False, no_shell=True)
    else:
        code = ctx.invoke(reset, lang=lang, dry_run=False, no_shell=True)
    now = attempts.load()
    if code or now is None or now.started == before.started:
        return int(code or 0)
    return None
