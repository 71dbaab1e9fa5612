"""Completion scripts, where the packages of a distribution put them."""

from __future__ import annotations

from click.shell_completion import get_completion_class

from nsnet.cli.root import root

PLACES = {
    "bash": "share/bash-completion/completions/nsnet",
    "zsh": "share/zsh/site-functions/_nsnet",
    "fish": "share/fish/vendor_completions.d/nsnet.fish",
}


def pages() -> dict[str, str]:
    """The scripts, by path: what ``nsnet completion`` prints."""
    return {path: _script(shell) for shell, path in PLACES.items()}


def _script(shell: str) -> str:
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(root, {}, "nsnet", "_NSNET_COMPLETE").source().rstrip() + "\n"
