"""What `nsnet why`, `walk` and `trace` have in common: who sends, to whom, how it is told."""

from __future__ import annotations

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


@contextmanager
def needing_port() -> Iterator[None]:
    """What lacks a port is a usage error, in the words of the options."""
    from ..looking.aim import NeedsPort

    try:
        yield
    except NeedsPort as error:
        raise click.UsageError(f"--{error.protocol} needs a port: {error.why}") from None
