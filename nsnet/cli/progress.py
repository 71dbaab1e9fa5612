"""A line that counts steps, for builds that take long enough to wonder."""

from __future__ import annotations

import sys
import time

import click

#: Seconds before the line shows up, and between two changes of it.
_PATIENCE, _PAUSE = 0.3, 0.05


class Progress:
    """Called with (steps done, steps in all); writes to stderr if that is a terminal."""

    def __init__(self, title: str, quiet: bool = False) -> None:
        self._title, self._shown = title, False
        self._next = time.monotonic() + _PATIENCE
        self._wanted = not quiet and sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._wanted or now < self._next:
            return
        self._next, self._shown = now + _PAUSE, True
        bar = "█" * (20 * done // max(total, 1))
        click.echo(f"\r{self._title} {bar:·<20} {done}/{total}", err=True, nl=False)

    def clear(self) -> None:
        """Take the line away again."""
        if self._shown:
            click.echo("\r\033[K", err=True, nl=False)
