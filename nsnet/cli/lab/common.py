"""What the commands of `nsnet lab` share: the language, printing, the exercise under work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..output import say

if TYPE_CHECKING:
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise
    from ...labs.grade import Result

F = TypeVar("F", bound=Callable[..., Any])

lang_option: Callable[[F], F] = click.option(
    "--lang",
    type=click.Choice(["en", "ko"]),
    default=None,
    help="The language; by default that of LANG.",
)


def language(lang: str | None) -> str:
    """The language to speak: the one asked for, that of the lab shell, that of LANG."""
    from ...diagnose.texts import LANGUAGES, language_of

    of_shell = os.environ.get("NSNET_LAB_LANG", "")
    known = of_shell if of_shell in LANGUAGES else ""
    return lang or known or language_of(dict(os.environ))


def told(key: str, language: str, **blanks: object) -> None:
    """Print one of the sentences of `labs.words`."""
    from ...labs.words import word

    say_text(word(key, language, **blanks))


def nothing_asked(key: str, one: Exercise, replied: bool, language: str) -> None:
    """An exercise asks nothing: who wanted to read the question is told so; a reply to it is a
    usage error."""
    from ...labs.words import word

    text = word(key, language, id=one.id)
    if replied:
        raise click.UsageError(text)
    say_text(text)


def say_text(text: str) -> None:
    """Print Markdown."""
    from ...show.markdown import lines

    say_lines(lines(text))


def say_lines(found: Iterable[str]) -> None:
    """Print lines."""
    for line in found:
        say(line)


def say_result(result: Result, language: str) -> None:
    """A result of a check at once: a silent check looks as if it hung."""
    from ...labs.show import lines
    from ...show import paint

    colours = {True: paint.good, False: paint.bad, None: paint.faint}
    first, *more = lines(result, language)
    say_lines([colours[result.passed](first), *more])


def under_work() -> tuple[Attempt, Exercise]:
    """The attempt and its exercise. Raises `NotFound` if nothing is under work."""
    from ...labs import attempt

    now = attempt.require()
    return now, now.description()


def exercises(ctx: click.Context, param: click.Parameter, typed: str) -> list[Any]:
    """Exercises, for the shell's completion."""
    from click.shell_completion import CompletionItem

    from ...labs import library

    known = library.exercises().values()
    return [
        CompletionItem(each.id, help=each.title.get("en", ""))
        for each in known
        if each.id.startswith(typed)
    ]


def values_lines(values: dict[str, str]) -> list[str]:
    """``NET=172.17.0.0/16``, side by side in 80 columns."""
    lines: list[str] = []
    for pair in (f"{name}={value}" for name, value in values.items()):
        if lines and len(lines[-1]) + len(pair) + 2 <= 80:
            lines[-1] += f"  {pair}"
        else:
            lines.append(f"  {pair}")
    return lines
