"""The options that many commands share; each writes into the run's `Settings`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from .settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_SANDBOX = "default"
_YES = ("1", "true", "yes", "on")


def common(*, files: bool, hidden: bool) -> list[click.Parameter]:
    """The global options. They stand before the command or (`hidden` from its help) behind
    it; `files` adds ``-f`` and ``-p``, which only some commands understand."""
    return [
        *(_file_options(hidden) if files else ()),
        _option(
            ("--sandbox", "sandbox"),
            _note_sandbox,
            metavar="[=NAME]",
            envvar=None if hidden else "NSNET_SANDBOX",
            help="Work in a sandbox: no root needed. One is made where there is none of that "
            "name. Also: NSNET_SANDBOX=NAME.",
            hidden=hidden,
        ),
        _option(
            ("-v", "--verbose"),
            _note_verbose,
            count=True,
            help="Tell more about errors; twice: with tracebacks.",
            hidden=hidden,
        ),
        _option(
            ("-q", "--quiet"),
            _note_quiet,
            is_flag=True,
            help="Print errors only; in lists, names only.",
            hidden=hidden,
        ),
    ]


def _file_options(hidden: bool) -> list[click.Parameter]:
    return [
        _option(
            ("-f", "--file"),
            _note_files,
            multiple=True,
            type=click.Path(),
            metavar="FILE",
            help="A compose file; again for one to merge over it.",
            hidden=hidden,
        ),
        _option(
            ("-p", "--project"),
            _note_project,
            metavar="NAME",
            help="The topology's name, instead of the file's own.",
            hidden=hidden,
        ),
    ]


def with_default_sandbox(args: Sequence[str], *, interspersed: bool) -> list[str]:
    """``--sandbox`` without a value means the default one, whatever word comes next.

    Looks at no word behind ``--``, nor (unless `interspersed`) behind the first argument:
    those belong to somebody else.
    """
    done: list[str] = []
    for number, word in enumerate(args):
        before = args[number - 1] if number else ""
        takes = before in ("-f", "--file", "-p", "--project", "-w", "-e")
        if word == "--" or not (interspersed or word.startswith("-") or takes):
            return [*done, *args[number:]]
        done.append(f"--sandbox={DEFAULT_SANDBOX}" if word == "--sandbox" else word)
    return done


def format_option(function: F) -> F:
    """Adds ``--format table|json`` as argument `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json"]),
        default="table",
        help="A table to read, or JSON for programs.",
    )(function)


class _Noted(click.Option):
    """An option that is noted in the `Settings` instead of being handed to the command."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return record and (record[0].replace(" [=", "[="), record[1])


def _option(names: tuple[str, ...], note: Callable[..., object], **more: Any) -> click.Option:
    return _Noted(names, expose_value=False, callback=note, **more)


def _settings(ctx: click.Context) -> Settings:
    return ctx.ensure_object(Settings)


def _note_files(ctx: click.Context, _: object, value: tuple[str, ...]) -> None:
    if value:
        from pathlib import Path

        _settings(ctx).files += tuple(map(Path, value))


def _note_project(ctx: click.Context, _: object, value: str | None) -> None:
    _settings(ctx).project = value or _settings(ctx).project


def _note_verbose(ctx: click.Context, _: object, value: int) -> None:
    _settings(ctx).verbose += value


def _note_quiet(ctx: click.Context, _: object, value: bool) -> None:
    _settings(ctx).quiet |= value


def _note_sandbox(ctx: click.Context, _: object, value: str | None) -> None:
    if value:
        _settings(ctx).sandbox = DEFAULT_SANDBOX if value.lower() in _YES else value
