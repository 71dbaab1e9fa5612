"""What the commands that print Docker's shapes have in common: the book of what is up, templates,
filters, and lists of things by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from .output import say

if TYPE_CHECKING:
    from ..show.docker.book import Book
    from ..show.template import Template
    from ..show.template.values import Struct

#: Docker's exit code for a template that cannot be read (sysexits.h, EX_USAGE).
BAD_TEMPLATE = 64


class TemplateFault(click.ClickException):
    """A template is wrong."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]


def filter_option(*names: str, known: str) -> Callable[[Any], Any]:
    """Adds ``--filter KEY=VALUE`` as argument `filters`: pairs."""
    return click.option(
        *names,
        "filters",
        multiple=True,
        metavar="KEY=VALUE",
        callback=_pairs,
        help=f"Only these: {known}. Repeatable.",
    )


def _pairs(
    ctx: click.Context, param: click.Parameter, words: tuple[str, ...]
) -> list[tuple[str, str]]:
    found = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            from ..topology.flags.errors import bad

            raise bad("-f, --filter", word, "bad format of filter (expected name=value)")
        found.append((key.strip().lower(), value.strip()))
    return found


def book() -> Book:
    """What is recorded of this host, with its settings."""
    from ..looking import state
    from ..show.docker.book import Book
    from ..topology import config

    return Book(state.state(), state.folder(), config.load())


def columns(
    form: str, usual: Sequence[str], headers: dict[str, str], rows: Sequence[Struct]
) -> None:
    """Print a list by a template, or its usual table."""
    from ..show.docker.columns import listed
    from ..show.template import TemplateError

    try:
        text = listed(form, usual, headers, rows)
    except TemplateError as error:
        raise TemplateFault(f"template parsing error: {error}", 1) from None
    if text:
        say(text)


def inspected(
    names: Sequence[str], form: str, look: Callable[[str], Struct | None], noun: str
) -> int:
    """Print those of `names` that `look` finds, as JSON or by a template; tell of the others.
    The exit code."""
    from ..show.template import Template, TemplateError

    try:
        template = Template(form) if form else None
    except TemplateError as error:
        raise TemplateFault(f"template parsing error: {error}", BAD_TEMPLATE) from None
    found = [(name, look(name)) for name in names]
    things = [thing for _, thing in found if thing is not None]
    if template is None:
        _say_all(things)
    else:
        _say_each(things, template)
    missing = [name for name, thing in found if thing is None]
    for name in missing:
        click.echo(
            click.style("error:", fg="red", bold=True) + f" {_missing(noun, name)}", err=True
        )
    return int(bool(missing))


def _say_each(things: Sequence[Struct], template: Template) -> None:
    from ..show.template import TemplateError

    for thing in things:
        try:
            say(template.inspect(thing))
        except TemplateError as error:
            raise TemplateFault(f"template parsing error: {error}", 1) from None


def _missing(noun: str, name: str) -> str:
    lists = {"network": "nsnet network ls", "container": "nsnet ps -a"}
    return f"No such {noun}: {name} (see: {lists.get(noun, 'nsnet ps -a, nsnet network ls')})"


def _say_all(things: Sequence[Struct]) -> None:
    import json

    from ..show.template import as_json

    whole = [as_json(thing) for thing in things]
    say(json.dumps(whole, indent=4, ensure_ascii=False))


def only(found: Sequence[Any], text: str) -> Any:
    """The one that was found, or None. Raises `Refused` where `text` could be several."""
    if len(found) > 1:
        from ..operations.errors import Refused

        names = ", ".join(each.name for each in found)
        raise Refused(f"id {text} is the beginning of several: {names}")
    return found[0] if found else None
