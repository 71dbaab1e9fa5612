"""A command as its help tells of it, taken apart."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import NamedTuple

import click

from nsnet.cli.lazy import LazyGroup
from nsnet.cli.root import root

#: What a table begins with.
_AS_IT_IS = "\b\n"


class Told(NamedTuple):
    """One command. Of its `paragraphs`, those with line ends are tables. `options` are pairs of how
    they are written and what they do; `sections` maps the headings of a group to pairs of a
    command's name and its line in the list."""

    words: str
    usage: str
    paragraphs: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    examples: tuple[tuple[str, str], ...]
    children: tuple[Told, ...]

    @property
    def short(self) -> str:
        """What it is, in a line without a full stop."""
        return self.paragraphs[0].partition(": ")[0].partition(". ")[0].rstrip(".")

    def all(self) -> Iterator[Told]:
        """It and what is below it."""
        yield self
        for child in self.children:
            yield from child.all()


def everything() -> Told:
    """`nsnet` with all that is below it."""
    return _told(root, click.Context(root, info_name="nsnet", **root.context_settings))


def volumes(whole: Told) -> list[Told]:
    """What gets a page of its own: nsnet, and each of its groups."""
    return [whole, *(child for child in whole.children if child.sections)]


def _told(command: click.Command, ctx: click.Context) -> Told:
    group = command if isinstance(command, LazyGroup) else None
    return Told(
        words=ctx.command_path,
        usage=" ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]),
        paragraphs=_paragraphs(command.help or ""),
        options=tuple(_options(command, ctx)),
        sections=tuple(_sections(group)) if group else (),
        examples=tuple(getattr(command, "examples", ())),
        children=tuple(_children(group, ctx)) if group else (),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    """Each in one line, but for tables, whose lines click leaves as they are."""
    parts = inspect.cleandoc(text).split("\n\n")
    return tuple(
        each.removeprefix(_AS_IT_IS) + "\n"
        if each.startswith(_AS_IT_IS)
        else " ".join(each.split())
        for each in parts
    )


def _options(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, str]]:
    for each in command.get_params(ctx):
        # An argument is in the usage already; from click 8.2 on it would have an empty record.
        record = each.get_help_record(ctx) if isinstance(each, click.Option) else None
        if record and "--help" not in each.opts:
            yield record[0], " ".join(record[1].split())


def _sections(group: LazyGroup) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for heading, section in group.sections.items():
        yield heading, tuple((name, lazy.short) for name, lazy in section.items())


def _children(group: LazyGroup, ctx: click.Context) -> Iterator[Told]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        yield _told(command, click.Context(command, parent=ctx, info_name=name))
