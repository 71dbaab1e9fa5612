"""``nsnet lab status``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from ..command import Command
from ..options import format_option
from ..output import say_json
from .common import lang_option, language, told

if TYPE_CHECKING:
    from ...labs.attempt import Attempt

_TOLD = ("exercise", "where", "seed", "checks", "hints", "predicted", "answers", "passed")


@click.command(cls=Command, sandbox="", examples=(("nsnet lab status", "where am I?"),))
@lang_option
@format_option
def status(lang: str | None, form: str) -> None:
    """Say what is under work, and how many exercises are solved.

    JSON: exercise (null if none), where, seed, seconds, checks, hints, predicted, answers, passed,
    scene (is it there?), solved (ids), exercises (how many there are).
    """
    from ...labs import attempt, library, progress, session

    now, known = attempt.load(), progress.load()
    solved = [name for name in library.exercises() if name in known.solved]
    there = session.alive(now) if now else False
    if form == "json":
        found: dict[str, object] = {"exercise": None}
        if now:
            found = {name: getattr(now, name) for name in _TOLD}
            found |= {"seconds": int(time.time() - now.started), "scene": there}
        say_json(found | {"solved": solved, "exercises": len(library.exercises())})
        return
    speech = language(lang)
    if now:
        _say(now, there, speech)
    else:
        told("nothing", speech)
    told("solved_of", speech, solved=len(solved), all=len(library.exercises()))


def _say(now: Attempt, there: bool, lang: str) -> None:
    from ...labs.exercise import in_language
    from ...labs.words import duration, word

    one = now.description()
    told(
        "status",
        lang,
        id=one.id,
        title=in_language(one.title, lang),
        where=word(f"where_{now.where}", lang),
        time=duration(time.time() - now.started, lang),
        checks=now.checks,
        hints=sum(now.hints.values()),
    )
    for key, so in (("is_passed", now.passed), ("spoiled", now.spoiled), ("scene_gone", not there)):
        if so:
            told(key, lang)
