"""``nsnet lab check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..command import Command
from ..output import say, say_json
from ..settings import Settings
from .common import lang_option, language, say_result, told, under_work
from .ending import note, say_passed

if TYPE_CHECKING:
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise
    from ...labs.grade import Result
    from ...labs.situation import Situation


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab check", "is it done?"),
        ("nsnet lab check --format json", "for programs"),
    ),
)
@lang_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or JSON for programs.",
)
@click.pass_obj
def check(settings: Settings, form: str, lang: str | None) -> int:
    """Check what you built: packets are sent, and behaviour decides. At the first thing that is
    not so, what the packet met is told; the rest is not checked yet.

    The exit code is 0 when all is well, 1 when not, 3 when that could not be checked.

    JSON: lab, run, passed, checks; of each check: id, passed, checked, diagnosis, rung, facts,
    message, see, probes, remarks, hint_level, depends_on, seconds.
    """
    from ...labs import session

    speech = language(lang)
    attempt, one = under_work()
    _allowed(attempt, one)
    quiet = settings.quiet or form == "json"
    if not quiet:
        told("checking", speech, id=one.id)
    code, data = session.inside(lambda: _checked(attempt, one, speech, quiet))
    if form == "json":
        say_json(data)
    return code


def _allowed(attempt: Attempt, one: Exercise) -> None:
    from ...kernel.errors import KernelError

    if one.checks_allowed and attempt.checks >= one.checks_allowed and not attempt.passed:
        why = f"all {one.checks_allowed} were used: nsnet lab reset begins anew"
        error = KernelError(f"no checks of {one.id} are left", why)
        error.exit_code = 3
        raise error


def _checked(attempt: Attempt, one: Exercise, lang: str, quiet: bool) -> tuple[int, dict[str, Any]]:
    """Where the exercise is: look, note what came of it, say so. The exit code, the results."""
    from ...kernel.stack import Stack
    from ...labs import grade, progress
    from ...labs.situation import Situation

    values = attempt.values(one)
    results: list[Result] = []
    look = (one, values, attempt.answers, attempt.started, lang)
    with Stack() as stack, Situation(stack, *look) as at:
        for result in grade.grade(at):
            results.append(result)
            if not quiet:
                say_result(result, lang)
        code = grade.exit_code(results)
        data = note(one, results, attempt, lang)
        first = code == 0 and progress.note_passed(one)
        if not quiet:
            _say_end(one, code, first, at, lang)
    return code, data


def _say_end(one: Exercise, code: int, first: bool, at: Situation, lang: str) -> None:
    from ...labs import attempt

    say("")
    if code == 0:
        say_passed(at, one, first, lang)
        if first:
            say("")
        _say_next(one, lang)
        return
    told("failed" if code == 1 else "unchecked", lang)
    if one.checks_allowed:
        left = one.checks_allowed - attempt.require().checks
        told("checks_left", lang, left=left, all=one.checks_allowed)


def _say_next(one: Exercise, lang: str) -> None:
    from ...labs import library, progress
    from ...labs.exercise import in_language

    part = next(part for part in library.parts() if part.id == one.part)
    if part.challenge == one.id:
        told("challenge", lang, part=in_language(part.title, lang))
    found = progress.next_after(one.id, progress.load())
    if found:
        told("next", lang, id=found.id, title=in_language(found.title, lang))
    else:
        told("all", lang, count=len(library.exercises()))
