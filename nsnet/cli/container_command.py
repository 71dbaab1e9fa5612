"""Commands that are spoken to as Docker's are: its exit codes, its ways to write options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from . import ignored
from .command import Command
from .settings import Settings

if TYPE_CHECKING:
    from ..engine.engine import Engine

#: Exit codes of Docker's client: of what it cannot read, and of arguments that are missing.
BAD_FLAG, BAD_USE = 125, 1

#: Letters of `run` whose value may stand right behind them (``-p80:80``).
_WITH_VALUE = "ehlpwa"
_TRUE, _FALSE = ("1", "t", "true"), ("0", "f", "false")


class ContainerCommand(Command):
    """A command about containers."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as error:
            code = BAD_USE if isinstance(error.param, click.Argument) else BAD_FLAG
            error.exit_code = code  # type: ignore[misc]
            raise
        except click.UsageError as error:
            too_many = type(error) is click.UsageError  # its kinds are about options
            error.exit_code = BAD_USE if too_many else BAD_FLAG  # type: ignore[misc]
            raise


class RunCommand(ContainerCommand):
    """``run`` and ``create``: the letters -v and -h are Docker's, and of what stands behind the
    options nothing is an option of ours."""

    def __init__(self, *args: Any, **more: Any) -> None:
        more["context_settings"] = {
            "allow_interspersed_args": False,
            "help_option_names": ["--help"],
        }
        super().__init__(*args, **more)
        for param in self.params:
            if "--verbose" in param.opts:
                param.opts = ["--verbose"]
        self._global = self._global.replace("-v", "--verbose")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, plain_words(ctx, self, args))


def plain_words(ctx: click.Context, command: click.Command, args: Sequence[str]) -> list[str]:
    """The options of `run` as click reads them, less those that have no meaning here, and all the
    rest as it is, a leading ``--`` too."""
    takes = _takes(command)
    longs = _long_forms(command)
    done: list[str] = []
    words = iter(enumerate(args))
    for number, word in words:
        if word == "--":
            return [*done, "--", *args[number:]]
        if not word.startswith("-") or word == "-":
            return [*done, *args[number:]]
        name, equals, value = word.partition("=")
        if word == "--sandbox":
            done.append("--sandbox=default")
        elif equals and takes.get(name) is False and value.lower() in (*_TRUE, *_FALSE):
            done += [name] if value.lower() in _TRUE else []
        elif (kept := _without_ignored(ctx, word)) is not None:
            done += [kept] if len(kept) > 1 else []
            if _ignored_wants_more(word, kept):
                next(words, None)
        else:
            more = not equals and _wants_more(word, takes)
            if not more:
                done += _spelled_out(word, longs, takes)
            elif number + 1 < len(args):
                done += [longs.get(word, word), next(words)[1]]
            else:
                done.append(word)
    return done


def _long_forms(command: click.Command) -> dict[str, str]:
    """Of every option that has both, its letter and its word."""
    found = {}
    for param in command.params:
        words = [name for name in param.opts if name.startswith("--")]
        found.update({name: words[0] for name in param.opts if words and len(name) == 2})
    return found


def _spelled_out(word: str, longs: dict[str, str], takes: dict[str, bool]) -> list[str]:
    """``-dit`` as three words. Of every letter that it meets, click first thinks that it is an
    unknown long option, and looks for similar ones: 3 ms with the hundred options of `run`."""
    letters = [] if word.startswith("--") else [f"-{letter}" for letter in word[1:]]
    if letters and all(each in longs and takes[each] is False for each in letters):
        return [longs[each] for each in letters]
    return [word]


def _takes(command: click.Command) -> dict[str, bool]:
    """Every option's name, and whether it takes a value."""
    return {
        name: not getattr(param, "is_flag", False) and not getattr(param, "count", False)
        for param in command.params
        for name in param.opts
    }


def _without_ignored(ctx: click.Context, word: str) -> str | None:
    """What is left of a word with an option that has no meaning here (``-itv`` less its v);
    None where it has none."""
    name = word.partition("=")[0]
    if word.startswith("--"):
        if ignored.takes_value(name) is None:
            return None
        ignored.note(ctx, name)
        return ""
    for at, letter in enumerate(word[1:], 1):
        if ignored.takes_value(f"-{letter}"):
            ignored.note(ctx, f"-{letter}")
            return word[:at]
        if letter in _WITH_VALUE:
            return None
    return None


def _ignored_wants_more(word: str, kept: str) -> bool:
    """Is the value of an ignored option the next word?"""
    if word.startswith("--"):
        return "=" not in word and bool(ignored.takes_value(word))
    return len(word) == len(kept) + 1


def _wants_more(word: str, takes: dict[str, bool]) -> bool:
    """Is the value of this option (or of the last of ``-dite``) the next word?"""
    if word.startswith("--"):
        return takes.get(word, False)
    for at, letter in enumerate(word[1:], 2):
        if takes.get(f"-{letter}", False):
            return at == len(word)
    return False


def for_each(names: Sequence[str], work: Callable[[Engine, str], object], told: bool = True) -> int:
    """Do `work` for one container after the other, whatever becomes of the others; each that
    went well is `told` by its name. The exit code."""
    from ..engine.engine import Engine
    from ..kernel.errors import KernelError, PreconditionError
    from .stopping import heeding
    from .trouble import report

    settings = click.get_current_context().ensure_object(Settings)
    failed = False
    for name in names:
        with heeding() as stopping:
            try:
                work(Engine(stopping), name)
            except PreconditionError:
                raise
            except (KernelError, ExceptionGroup) as error:
                _hint(error, name)
                report(error, settings)
                failed = True
                continue
        if told:
            click.echo(name)
        if stopping.uttered:
            return 130
    return int(failed)


def _hint(error: Exception, name: str) -> None:
    from ..looking.state import state
    from ..operations import find
    from ..operations.errors import NoSuch
    from .look import hint_at

    if isinstance(error, NoSuch):
        hint_at(error, name, (each.container for each in find.containers(state())))
