"""``nsnet completion``."""

from __future__ import annotations

import click

from .command import Command


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ('eval "$(nsnet completion bash)"', "in ~/.bashrc"),
        ('eval "$(nsnet completion zsh)"', "in ~/.zshrc, after compinit"),
        ("nsnet completion fish | source", "in ~/.config/fish/config.fish"),
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the lines that let your shell complete commands, demos and containers."""
    click.echo(source(shell))


def source(shell: str) -> str:
    """The lines for `shell`. click's for fish cut a description at its first comma."""
    from click.shell_completion import get_completion_class

    from .root import root

    kind = get_completion_class(shell)
    assert kind is not None
    lines = kind(root, {}, "nsnet", "_NSNET_COMPLETE").source()
    return lines.replace('string split ","', 'string split --max 1 ","')
