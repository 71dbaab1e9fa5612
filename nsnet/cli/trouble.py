"""Errors as users see them: one line each on stderr, and the exit code they stand for."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator

import click

from .settings import Settings

INTERNAL, INTERRUPTED = 1, 130

#: What writing to a full or broken place answers. The engine's own files have errors of their own.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def report(error: BaseException, settings: Settings) -> int:
    """Tell the user about `error`; returns the exit code. With ``-v`` more is told of each
    error, with ``-v -v`` Python's traceback, too."""
    if isinstance(error, BrokenPipeError):
        return _broken_pipe()
    for each in _singly(error):
        for line in _lines(each):
            click.echo(click.style("error:", fg="red", bold=True) + f" {line}", err=True)
        for line in _details(each) if settings.verbose else ():
            click.echo(f"  {line}", err=True)
    if settings.verbose > 1:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    return _code(error)


def _singly(error: BaseException) -> Iterator[BaseException]:
    """The errors of a group one by one, after the one on whose way they came (a rollback
    that failed after a failed step)."""
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    if error.__context__ is not None and not error.__suppress_context__:
        yield from _singly(error.__context__)
    for each in error.exceptions:
        yield from _singly(each)


def _lines(error: BaseException) -> list[str]:
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        return ["interrupted"]
    if isinstance(error, click.UsageError):
        return [_usage(error)]
    if isinstance(error, click.ClickException):
        return [error.format_message()]
    if isinstance(error, OSError) and error.errno in _FULL and not hasattr(error, "exit_code"):
        return [f"cannot write the output: {os.strerror(error.errno or 0)}"]
    if hasattr(error, "exit_code"):
        return [_line(each) for each in getattr(error, "problems", None) or (error,)]
    return [f"internal: {type(error).__name__}: {_line(error)} (nsnet -v -v … shows where)"]


def _line(message: object) -> str:
    return " ".join(str(message).split())


def _usage(error: click.UsageError) -> str:
    """Click's message in our style, with the way to the help."""
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        return f"no option {error.option_name}: did you mean {' or '.join(error.possibilities)}?"
    text = error.format_message().rstrip(".")
    text = text[:1].lower() + text[1:]
    if "--help" in text or "did you mean" in text.lower():
        return text
    return f"{text} (see: {error.ctx.command_path if error.ctx else 'nsnet'} --help)"


def _details(error: BaseException) -> Iterator[str]:
    """What helps to find out: the commands of a failed step, the cause, the place."""
    step = getattr(error, "step", None)
    for command in step.commands() if step else ():
        yield f"command: {' '.join(command)}"
    if error.__cause__ is not None:
        yield f"cause: {type(error.__cause__).__name__}: {_line(error.__cause__)}"
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None and not hasattr(error, "exit_code"):
        yield f"place: {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _code(error: BaseException) -> int:
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BaseExceptionGroup):
        return next((_code(each) for each in _singly(error)), INTERNAL)
    return int(getattr(error, "exit_code", INTERNAL))


def _broken_pipe() -> int:
    """Whoever read our output has seen enough. The interpreter must not try to write on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return INTERNAL
