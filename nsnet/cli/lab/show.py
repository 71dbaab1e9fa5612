"""``nsnet lab show`` and ``nsnet lab task``: what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..command import Command
from ..output import say
from .common import (
    exercises,
    lang_option,
    language,
    say_lines,
    say_text,
    told,
    under_work,
    values_lines,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...labs.exercise import Exercise


@click.command(
    cls=Command, sandbox="", examples=(("nsnet lab show two-rooms", "or by its number: 1"),)
)
@lang_option
@click.argument("exercise", metavar="ID", shell_complete=exercises)
def show(exercise: str, lang: str | None) -> None:
    """Read the task of an exercise without starting it. Its addresses are those of one possible
    attempt."""
    from ...labs import library
    from ...labs.values import draw

    one = library.find(exercise)
    say_task(one, draw(one, 0), language(lang))


@click.command(cls=Command, sandbox="", examples=(("nsnet lab task", "with your addresses"),))
@lang_option
def task(lang: str | None) -> None:
    """Read the task of the exercise under work again."""
    attempt, one = under_work()
    say_task(one, attempt.values(one), language(lang))


def say_task(one: Exercise, values: Mapping[str, str], lang: str) -> None:
    """The title, the Docker command that it stands for, the text, the question about it."""
    from ...labs.exercise import filled, in_language
    from ...labs.values import shown
    from ...labs.words import word
    from ...show import paint

    time = word("minutes", lang, minutes=one.minutes)
    say(paint.heading(f"{one.number}. {in_language(one.title, lang)}") + f"  ({one.id}, {time})")
    say_text(f"{word('docker', lang)}: `{filled(one.docker, values)}`")
    say("")
    head, _, rest = one.text("task", lang, values).partition("\n")
    # The title stands above already.
    say_text(rest.lstrip("\n") if head.startswith("# ") else f"{head}\n{rest}")
    known = shown(values)
    if known:
        say("")
        told("values", lang)
        say_lines(values_lines(known))
    if one.predict:
        from .predict import say_question

        say("")
        say_question(one, values, lang)
