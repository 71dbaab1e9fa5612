"""``nsnet lab list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..command import Command
from ..options import format_option
from ..output import say, say_json
from ..settings import Settings
from .common import lang_option, language, told

if TYPE_CHECKING:
    from ...labs.exercise import Exercise, Part
    from ...labs.progress import Progress


@click.command(
    "list",
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab list", "✓ is solved, ▶ is under work"),
        ("nsnet lab list --format json", "for programs"),
    ),
)
@lang_option
@format_option
@click.pass_obj
def listing(settings: Settings, lang: str | None, form: str) -> None:
    """List the exercises by parts, and which are solved.

    JSON: a list; of each exercise: number, id, part, title, docker, minutes, level, needs, solved
    (bool), under_work (bool).
    """
    from ...labs import attempt, library, progress

    now = attempt.load()
    known = progress.load()
    current = now.exercise if now else ""
    if form == "json":
        each = library.exercises().values()
        say_json([_data(one, known, current, language(lang)) for one in each])
    elif settings.quiet:
        for name in library.exercises():
            say(name)
    else:
        for part in library.parts():
            _say_part(part, known, current, language(lang))
        solved = sum(1 for one in library.exercises() if one in known.solved)
        told("solved_of", language(lang), solved=solved, all=len(library.exercises()))


def _data(one: Exercise, known: Progress, current: str, lang: str) -> dict[str, Any]:
    from ...labs.exercise import in_language

    return {
        "number": one.number,
        "id": one.id,
        "part": one.part,
        "title": in_language(one.title, lang),
        "docker": one.docker,
        "minutes": one.minutes,
        "level": one.level,
        "needs": list(one.needs),
        "solved": one.id in known.solved,
        "under_work": one.id == current,
    }


def _say_part(part: Part, known: Progress, current: str, lang: str) -> None:
    from ...labs.exercise import in_language
    from ...labs.words import word
    from ...show import paint
    from ...show.graph.words import cut, width

    say(paint.heading(in_language(part.title, lang)))
    for one in part.exercises:
        solved = paint.good("✓") if one.id in known.solved else " "
        mark = paint.doubtful("▶") if one.id == current else solved
        title = cut(in_language(one.title, lang), 29)
        gap = " " * (29 - width(title))
        time = word("minutes", lang, minutes=one.minutes)
        star = "★" if one.id == part.challenge else " "
        say(f" {mark} {one.number:2} {one.id:25} {title}{gap} {star} {time}".rstrip())
    say("")
