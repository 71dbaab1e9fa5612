"""The kind of command that nsnet has: with examples in its help, and global options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from .options import common, with_default_sandbox
from .settings import Settings

#: A command line, and what it does in a few words.
Example = tuple[str, str]


class Command(click.Command):
    """A click command with a section of examples.

    `files`: it understands ``-f`` and ``-p``. `sandbox` says what ``--sandbox`` means for it:
    "start" one when there is none, "enter" one that runs, or "" for nothing at all.
    """

    def __init__(
        self,
        *args: Any,
        examples: Sequence[Example] = (),
        files: bool = False,
        sandbox: str = "enter",
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.examples, self.sandbox = examples, sandbox
        self.params += common(files=files, hidden=True)
        words = "-f, -p, " * files + "--sandbox, " * bool(sandbox) + "-v, -q"
        self._global = f"Global options: {words} (see: nsnet --help)"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = with_default_sandbox(args, interspersed=ctx.allow_interspersed_args)
        return super().parse_args(ctx, words)

    def invoke(self, ctx: click.Context) -> Any:
        name = ctx.ensure_object(Settings).sandbox
        if not name or not self.sandbox:
            return super().invoke(ctx)
        from .within import within

        return within(name, self.sandbox == "start", lambda: super(Command, self).invoke(ctx))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(formatter, self.examples)
        formatter.write_paragraph()
        formatter.write_text(self._global)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[Example]) -> None:
    """Print command lines with their meanings beside them, or below where one is too long."""
    if not examples:
        return
    width = max(len(line) for line, _ in examples)
    with formatter.section("Examples"):
        indent = " " * formatter.current_indent
        room = formatter.width - len(indent) - width - 3
        beside = all(len(meaning) <= room for _, meaning in examples)
        for line, meaning in examples:
            gap = " " * (width - len(line) + 3) if beside else f"\n{indent}    "
            formatter.write(f"{indent}{line}{gap}{meaning}".rstrip() + "\n")
