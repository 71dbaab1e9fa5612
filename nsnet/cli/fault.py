"""Errors as users see them: one line each on stderr, and the exit code they stand for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click

from .settings import Settings

INTERNAL, USAGE, INTERRUPTED = 1, 2, 130


def report(error: BaseException, settings: Settings) -> int:
    """Tell the user about `error`; returns the exit code."""
    if isinstance(error, BrokenPipeError):
        return _broken_pipe()
    known = True
    for each in _causes(error):
        lines, sure = _lines(each, settings)
        known = known and sure
        for line in lines:
            click.echo(click.style("error:", fg="red", bold=True) + f" {line}", err=True)
    if settings.verbose > 1 or (settings.verbose and not known):
        _trace(error)
    return _code(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """A group one by one, after what it happened on the way from (a failed rollback)."""
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    if error.__context__ is not None and not error.__suppress_context__:
        yield from _causes(error.__context__)
    for each in error.exceptions:
        yield from _causes(each)


def _lines(error: BaseException, settings: Settings) -> tuple[list[str], bool]:
    """What to say, and whether this kind of error was foreseen."""
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        return ["interrupted"], True
    if isinstance(error, click.UsageError):
        return [_usage(error)], True
    if isinstance(error, click.ClickException):
        return [error.format_message()], True
    problems = getattr(error, "problems", None)
    if problems:
        return [" ".join(str(each).split()) for each in problems], True
    if hasattr(error, "exit_code"):
        return [" ".join(str(error).split())], True
    more = "" if settings.verbose else " (nsnet -v … shows where)"
    text = " ".join(str(error).split())
    return [f"internal: {type(error).__name__}: {text}{more}"], False


def _usage(error: click.UsageError) -> str:
    text = error.format_message().rstrip(".")
    text = text[:1].lower() + text[1:]
    path = error.ctx.command_path if error.ctx else "nsnet"
    return (
        text
        if "--help" in text or "did you mean" in text.lower()
        else (f"{text} (see: {path} --help)")
    )


def _code(error: BaseException) -> int:
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BaseExceptionGroup):
        codes = [_code(each) for each in _causes(error)]
        return codes[0] if codes else INTERNAL
    return int(getattr(error, "exit_code", INTERNAL))


def _trace(error: BaseException) -> None:
    import traceback

    click.echo("".join(traceback.format_exception(error)), err=True, nl=False)


def _broken_pipe() -> int:
    """Whoever read our output has seen enough. The interpreter must not try to write on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return INTERNAL
