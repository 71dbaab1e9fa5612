"""Asking before something is removed."""

from __future__ import annotations

import click


def sure(warning: str) -> bool:
    """Does the user say yes? No answer (the input has ended) is a no, as with Docker."""
    try:
        return click.confirm(f"{warning}\nAre you sure you want to continue?", default=False)
    except click.Abort:
        click.echo(err=True)
        return False
