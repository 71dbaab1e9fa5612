"""The user's shell, and a prompt that says where it is."""

from __future__ import annotations

import os


def program() -> str:
    """The user's shell, or sh."""
    wanted = os.environ.get("SHELL", "")
    return wanted if os.access(wanted, os.X_OK) else "sh"


def prompt(where: str) -> dict[str, str]:
    """Variables that put `where` in front of the prompt.

    PS1 is enough for sh. bash's start files overwrite it, so its PROMPT_COMMAND adds the name
    before each prompt, once. zsh and fish show the host name, which is the container's.
    """
    tag = f"({where}) "
    return {
        "PS1": f"{tag}# " if os.geteuid() == 0 else f"{tag}$ ",
        "PROMPT_COMMAND": f'PS1="{tag}${{PS1#"{tag}"}}"',
    }
