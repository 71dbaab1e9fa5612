"""The way in: runs a command line and turns whatever happens into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from . import quick
from .settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Run nsnet with the words `argv` (None: the process's own); returns the exit code."""
    settings = Settings()
    _be_seen()
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        command = quick.command(words)
        code = command(settings) if command else _through_click(words, settings)
        sys.stdout.flush()
    except SystemExit:
        raise
    except BaseException as error:
        from .trouble import report

        return report(error, settings)
    return code if isinstance(code, int) else 0


def _through_click(words: list[str], settings: Settings) -> object:
    from .root import root

    return root.main(words, prog_name="nsnet", standalone_mode=False, obj=settings)


def _be_seen() -> None:
    """In a copy of the mounts (``ip netns exec HOST nsnet …``), nobody would see what we make."""
    try:
        ours, first = os.readlink("/proc/self/ns/mnt"), os.readlink("/proc/1/ns/mnt")
    except OSError:  # an ordinary user, who could not join them either
        return
    if ours != first:
        from ..kernel.mastermounts import join_master

        join_master()
