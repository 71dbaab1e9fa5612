"""Bringing back what died: the resolver, if somebody killed all of it."""

from __future__ import annotations

import os
from contextlib import suppress

from ..kernel.errors import KernelError


def revive(folder: str) -> bool:
    """Start the host's resolver again if containers need it and it does not run; whether that
    was so. Cheap where all is well: every command asks. The thread has to be in the host's
    namespace. Names and ports are no reason for another command to fail."""
    if not _told(f"{folder}/names") and not _told(f"{folder}/ports"):
        return False
    from ..resolver import service

    if service.alive(folder):
        return False
    with suppress(KernelError, OSError):
        service.start(folder)
        return True
    return False


def _told(folder: str) -> bool:
    """Is there a file that tells the resolver of anything?"""
    try:
        return any(name.endswith(".json") for name in os.listdir(folder))
    except OSError:
        return False
