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


def enter(box: Sandbox, world: bool = True) -> int:
    """Go inside, with an outside `world` if there is to be one; the lock that tells of us, an
    open file. Only a child returns from here (`sandbox.enter`)."""
    sandbox.enter(box)
    users = os.open(_USERS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)
    if world:
        outside.ensure()
    fcntl.flock(users, fcntl.LOCK_SH)
    return users


def keep() -> None:
    """Inside: let this sandbox stay until it is stopped."""
    with open(KEEP, "w"):
        pass
