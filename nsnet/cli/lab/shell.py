"""``nsnet lab shell``."""

from __future__ import annotations

import click

from ..command import Command
from .common import lang_option, language, under_work


@click.command(cls=Command, sandbox="", examples=(("nsnet lab shell", "as many as you like"),))
@lang_option
def shell(lang: str | None) -> int:
    """Open the shell of the exercise under work, again or once more."""
    from ...kernel.errors import KernelError
    from ...labs import shell as lab_shell
    from .loop import open_shell

    attempt, _ = under_work()
    if lab_shell.in_shell(attempt):
        raise KernelError("this is the lab shell already", "", "task")
    return open_shell(language(lang))
