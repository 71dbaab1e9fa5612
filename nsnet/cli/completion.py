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
    from click.shell_completion import get_completion_class

    from .root import root

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(root, {}, "nsnet", "_NSNET_COMPLETE").source())
