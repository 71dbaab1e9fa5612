"""Completion scripts, where the packages of a distribution put them."""

from __future__ import annotations

from nsnet.cli.completion import source

PLACES = {
    "bash": "share/bash-completion/completions/nsnet",
    "zsh": "share/zsh/site-functions/_nsnet",
    "fish": "share/fish/vendor_completions.d/nsnet.fish",
}


def pages() -> dict[str, str]:
    """The scripts, by path: what ``nsnet completion`` prints."""
    return {path: source(shell).rstrip() + "\n" for shell, path in PLACES.items()}
