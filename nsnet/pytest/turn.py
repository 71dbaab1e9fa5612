"""Labs on the machine itself: test processes have them one after another.

They would meet there: in the names of containers, in subnets, in published ports.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: The name of every test's lab, by which that of a killed process is known; nobody's own project
#: should be called so, for it would be taken down.
NAME = "nsnet-pytest"

#: Any folder can be locked (flock(2)), which leaves no file behind; this one is of the machine
#: whose network it is about, as is nsnet's own state.
_PLACE = "/run"


@contextmanager
def taken(wait: bool = True) -> Iterator[None]:
    """Be the only one. Raises `BlockingIOError` where `wait` is false and it is not our turn."""
    fd = os.open(_PLACE, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(fd)


def sweep() -> None:
    """Take down what a killed test process has left up. Only for who has the turn."""
    from .. import Lab, NotFound

    with suppress(NotFound), Lab.attach(NAME) as left:
        left.down()


def sweep_if_free() -> None:
    """The same; who has the turn now has swept already."""
    from .. import KernelError

    with suppress(BlockingIOError, KernelError), taken(wait=False):
        sweep()
