"""``nsnet lab predict``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ..command import Command
from ..output import say
from .common import lang_option, language, nothing_asked, say_text, told, under_work

if TYPE_CHECKING:
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise, Prediction


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab predict", "read the question"),
        ("nsnet lab predict 2", "it will be the second"),
    ),
)
@lang_option
@click.argument("number", metavar="[N]", type=int, required=False)
def predict(number: int | None, lang: str | None) -> None:
    """Say what you think will happen, before you build it. Whether it is so is told when the
    exercise passes; the first word counts."""
    speech = language(lang)
    attempt, one = under_work()
    asked = one.predict
    if asked is None:
        nothing_asked("no_predict", one, number is not None, speech)
    elif number is None:
        say_question(one, attempt.values(one), speech)
        if attempt.predicted is not None:
            _say_noted(attempt, asked, speech)
    else:
        _note(one, number)
        _say_noted(under_work()[0], asked, speech)


def say_question(one: Exercise, values: Mapping[str, str], lang: str) -> None:
    """The question and its choices."""
    from ...labs.exercise import filled, in_language
    from ...labs.words import word

    asked = one.predict
    assert asked is not None
    say_text(f"**{word('predict', lang)}** {filled(in_language(asked.ask, lang), values)}")
    for number, choice in enumerate(asked.choices, start=1):
        say_text(f"{number}. {filled(in_language(choice, lang), values)}")
    told("predict_how", lang)


def _note(one: Exercise, number: int) -> None:
    from ...kernel.errors import KernelError
    from ...labs import attempt

    choices = len(one.predict.choices) if one.predict else 0
    if not 1 <= number <= choices:
        raise KernelError(f"cannot predict {number}", f"the choices are 1 to {choices}")
    with attempt.changing() as now:
        if now.predicted is None:
            now.predicted = number


def _say_noted(attempt: Attempt, asked: Prediction, lang: str) -> None:
    from ...labs.exercise import in_language

    if not attempt.passed:
        told("predicted", lang, number=attempt.predicted)
        return
    told("right" if attempt.predicted == asked.answer else "wrong", lang, number=asked.answer)
    say(in_language(asked.because, lang))
