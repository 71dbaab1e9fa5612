"""Going into a sandbox as nsnet does: with the simulated outside machine seen to."""

from __future__ import annotations

import fcntl
import os

from ..kernel import sandbox
from ..kernel.sandbox import Sandbox
from . import outside

#: Inside a sandbox: this file says that it stays when nothing is up in it any more.
KEEP = "/run/nsnet.keep"
#: Locked by every command at work inside, so that none loses its sandbox to another's end.
_USERS = "/run/nsnet.users"
#: Locked while the outside world is made. Not the same file: whoever stays inside for long (a lab's
#: shell) must not keep others waiting.
_WORLD = "/run/nsnet.world"


def enter(box: Sandbox, world: bool = True) -> int:
    """Go inside, with an outside `world` if there is to be one; the lock that tells of us, an
    open file. Only a child returns from here (`sandbox.enter`)."""
    sandbox.enter(box)
    users = _open(_USERS)
    fcntl.flock(users, fcntl.LOCK_SH)
    if world:
        making = _open(_WORLD)
        try:
            fcntl.flock(making, fcntl.LOCK_EX)
            outside.ensure()
        finally:
            os.close(making)
    return users


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def keep() -> None:
    """Inside: let this sandbox stay until it is stopped."""
    with open(KEEP, "w"):
        pass
