"""``nsnet lab answer``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..command import Command
from ..output import say
from .common import lang_option, language, nothing_asked, say_text, told, under_work

if TYPE_CHECKING:
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab answer", "read the questions"),
        ("nsnet lab answer port veth-c3", "the answer to the one called port"),
    ),
)
@lang_option
@click.argument("words", metavar="[ID VALUE]", nargs=-1)
def answer(words: tuple[str, ...], lang: str | None) -> None:
    """Answer the questions of an exercise. Whether an answer is right is the business of `check`;
    another one takes its place."""
    speech = language(lang)
    attempt, one = under_work()
    if not one.questions:
        nothing_asked("no_answer", one, bool(words), speech)
    elif not words:
        _say_questions(attempt, one, speech)
    else:
        name, value = _meant(one, words)
        _choose(one, name, value)
        _note(name, value)
        told("answered", speech, id=name, value=value)


def _say_questions(attempt: Attempt, one: Exercise, lang: str) -> None:
    from ...labs.exercise import filled, in_language
    from ...show import paint

    values = attempt.values(one)
    for each in one.questions:
        say(paint.name(each.id))
        say_text(filled(in_language(each.ask, lang), values))
        for number, choice in enumerate(each.choices, start=1):
            say_text(f"{number}. {filled(in_language(choice, lang), values)}")
        if each.id in attempt.answers:
            told("your_answer", lang, value=attempt.answers[each.id])
    told("answer_how", lang)


def _meant(one: Exercise, words: tuple[str, ...]) -> tuple[str, str]:
    """The question and the answer. Where there is one question, its name may be left out."""
    from ...kernel.errors import NotFound

    known = [each.id for each in one.questions]
    if words[0] in known and len(words) > 1:
        return words[0], " ".join(words[1:])
    if len(known) == 1:
        return known[0], " ".join(words)
    if words[0] in known:
        raise click.UsageError(f"what is the answer? nsnet lab answer {words[0]} VALUE")
    raise NotFound(f"no question {words[0]!r} in {one.id}", f"there are {', '.join(known)}")


def _choose(one: Exercise, name: str, value: str) -> None:
    """Where there are choices, the number of one of them is an answer."""
    from ...kernel.errors import KernelError

    count = len(next(each.choices for each in one.questions if each.id == name))
    if count and value.strip() not in map(str, range(1, count + 1)):
        raise KernelError(f"{name} cannot be {value!r}", f"the choices are 1 to {count}")


def _note(name: str, value: str) -> None:
    from ...labs import attempt

    with attempt.changing() as now:
        now.answers[name] = value.strip()
