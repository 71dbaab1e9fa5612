"""``nsnet lab start``, ``next`` and ``reset``: what prepares a scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..command import Command
from ..settings import Settings
from .common import exercises, lang_option, language, told, under_work
from .loop import begin, open_shell, wish

if TYPE_CHECKING:
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise

F = TypeVar("F", bound=Callable[..., Any])

_no_shell: Callable[[F], F] = click.option(
    "--no-shell", is_flag=True, help="Only prepare it: `nsnet lab shell` opens the shell."
)


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab start", "where you stopped, or the first one"),
        ("nsnet lab start masquerade", "one of your choice"),
        ("sudo nsnet lab start --host", "on the machine itself: for a VM to play in"),
    ),
)
@lang_option
@click.option("--seed", type=int, metavar="N", help="The same N draws the same addresses.")
@click.option("--host", is_flag=True, help="On the machine itself, not in a sandbox.")
@_no_shell
@click.argument("exercise", metavar="[ID]", required=False, shell_complete=exercises)
@click.pass_obj
def start(
    settings: Settings,
    exercise: str | None,
    seed: int | None,
    host: bool,
    no_shell: bool,
    lang: str | None,
) -> int:
    """Prepare an exercise, and open a shell where it is to be done.

    Without ID: the one under work, else the first that is not solved. What was under work before
    is ended. With --host, how the machine is now is recorded; `nsnet lab stop` leads back.
    """
    from ...labs import attempt, session

    speech = language(lang)
    now = attempt.load()
    one = _chosen(exercise, now)
    same = now is not None and now.exercise == one.id and seed is None and not host
    if now and (host or seed is not None):
        _only_outside(now)
    if now and (code := _from_inside(now, one, same, speech)) is not None:
        return code
    if now and same and session.alive(now):
        told("goes_on", speech, id=one.id)
    else:
        if now and same:
            told("again", speech, id=one.id)
            seed, host = now.seed, now.where == "host"
        begin(one, seed, host, speech, settings.quiet)
    return _shell(no_shell, speech, settings.quiet)


def _chosen(word: str | None, now: Attempt | None) -> Exercise:
    from ...kernel.errors import NotFound
    from ...labs import library, progress

    if word is not None:
        return library.find(word)
    if now:
        return now.description()
    found = progress.next_after("", progress.load())
    if found is None and not library.exercises():
        raise NotFound("there are no exercises", "NSNET_LABS names a folder without any")
    return found or next(iter(library.exercises().values()))


def _only_outside(now: Attempt) -> None:
    """Whoever is in a lab shell cannot say where the next one is to be."""
    from ...kernel.errors import KernelError
    from ...labs import shell

    if shell.in_shell(now):
        what = "--host and --seed cannot be given in the lab shell"
        raise KernelError(what, "leave it with exit, and start there")


def _from_inside(now: Attempt, one: Exercise, same: bool, lang: str) -> int | None:
    """In the lab shell, only another exercise is a reason to leave it."""
    from ...kernel.errors import KernelError
    from ...labs import shell

    if same and shell.in_shell(now):
        raise KernelError(f"{one.id} is under work in this shell", "", "nsnet lab reset")
    return wish(now, f"start {one.id}", lang)


def _shell(no_shell: bool, lang: str, quiet: bool) -> int:
    if not no_shell:
        return open_shell(lang, quiet)
    if not quiet:
        told("enter", lang)
    return 0


@click.command(
    "next",
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab next", "when the present one is solved"),
        ("nsnet lab next --skip", "leave it out for now"),
    ),
)
@lang_option
@click.option("--skip", is_flag=True, help="Go on although it is not solved.")
@_no_shell
@click.pass_obj
def following(settings: Settings, skip: bool, no_shell: bool, lang: str | None) -> int:
    """Go on with the next exercise that is not solved; first the one under work."""
    from ...labs import attempt, library, progress, session, shell

    speech = language(lang)
    now, known = attempt.load(), progress.load()
    if now and not (skip or now.passed or now.exercise in known.solved):
        told("not_solved", speech, id=now.exercise)
        if shell.in_shell(now) or no_shell:
            return 1
        if not session.alive(now):
            begin(now.description(), now.seed, now.where == "host", speech, settings.quiet)
        return _shell(no_shell, speech, settings.quiet)
    found = progress.next_after(now.exercise if now else "", known)
    if found is None:
        told("all", speech, count=len(library.exercises()))
        return 0
    if now and (code := wish(now, f"start {found.id}", speech)) is not None:
        return code
    begin(found, None, bool(now and now.where == "host"), speech, settings.quiet)
    return _shell(no_shell, speech, settings.quiet)


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab reset", "the same addresses, an untouched scene"),
        ("nsnet lab reset --dry-run", "what would be removed before"),
    ),
)
@lang_option
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@_no_shell
@click.pass_obj
def reset(settings: Settings, dry_run: bool, no_shell: bool, lang: str | None) -> int:
    """Begin the exercise under work anew: its scene as it was, with the same addresses. All that
    you built in it is gone; what is solved stays solved."""
    from .stop import say_leftovers

    speech = language(lang)
    now, one = under_work()
    if dry_run:
        return say_leftovers()
    if (code := wish(now, "reset", speech)) is not None:
        return code
    begin(one, now.seed, now.where == "host", speech, settings.quiet)
    return _shell(no_shell, speech, settings.quiet)
