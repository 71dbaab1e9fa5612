"""A group that imports a command only when it runs: help stays fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .command import Example, write_examples
from .options import with_default_sandbox

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Lazy(NamedTuple):
    """Where a command is (``module:name``, below this package), and its line in the help."""

    where: str
    short: str


class LazyGroup(click.Group):
    """`sections` maps headings to commands, in the order of the help; `aliases` are other words
    for them, which the help leaves out."""

    def __init__(
        self,
        *args: Any,
        sections: Mapping[str, Mapping[str, Lazy]],
        examples: Sequence[Example] = (),
        aliases: Mapping[str, str] = MappingProxyType({}),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.sections, self.examples, self.aliases = sections, examples, aliases

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for section in self.sections.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for section in self.sections.values():
            if cmd_name in section:
                module, _, name = section[cmd_name].where.partition(":")
                command = getattr(import_module(f"{__package__}.{module}"), name)
                assert isinstance(command, click.Command)
                return command
        return None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, with_default_sandbox(args, interspersed=False))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args:
            args = [self.aliases.get(args[0], args[0]), *args[1:]]
        if args and args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            from .guess import meant

            hint = meant(args[0], self.list_commands(ctx)) or f"{ctx.command_path} --help lists all"
            raise click.UsageError(f"no command {args[0]}: {hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands with their lines in the help, and where a dash was typed the options."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=lazy.short)
            for section in self.sections.values()
            for name, lazy in section.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.list_commands(ctx)))
        for heading, section in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl([(n.ljust(width), lazy.short) for n, lazy in section.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(formatter, self.examples)
        super().format_epilog(ctx, formatter)
