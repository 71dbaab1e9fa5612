"""What `nsnet why`, `walk` and `trace` have in common: who sends, to whom, how it is told, and in
which language."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from .complete import everybody

F = TypeVar("F", bound=Callable[..., Any])


def ends(function: F) -> F:
    """Adds the arguments FROM and TO[:PORT] as `source` and `target`."""
    target = click.argument("target", metavar="TO[:PORT]", shell_complete=everybody)
    return click.argument("source", metavar="FROM", shell_complete=everybody)(target(function))


def story_format(function: F) -> F:
    """Adds ``--format text|json|svg``, in which a walk is told, as argument `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "svg"]),
        default="text",
        show_default=True,
        help="Text to read, JSON for programs, or a picture.",
    )(function)


def in_language(function: F) -> F:
    """Adds ``--lang en|ko`` as argument `lang`; None is that of the environment (`language`)."""
    return click.option(
        "--lang",
        type=click.Choice(["en", "ko"]),
        default=None,
        help="The language of the explanation; by default that of LANG.",
    )(function)


def language(lang: str | None) -> str:
    """The language to tell it in."""
    from ..diagnose.texts import language_of

    return lang or language_of(dict(os.environ))


@contextmanager
def needing_port() -> Iterator[None]:
    """What lacks a port is a usage error, in the words of the options."""
    from ..looking.aim import NeedsPort

    try:
        yield
    except NeedsPort as error:
        raise click.UsageError(f"--{error.protocol} needs a port: {error.why}") from None
