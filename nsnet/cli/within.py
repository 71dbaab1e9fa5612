"""``--sandbox``: doing a command's work inside a sandbox, which ends when it is of no use.

The work happens in a child inside, since only a child can be in another pid namespace; we
stay outside to end a sandbox that was made for this and in which nothing is up any more.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from ..kernel.sandbox import Sandbox


def within(name: str, start: bool, work: Callable[[], Any]) -> Any:
    """Do `work` in the sandbox `name`; with `start`, one is made where there is none.

    Only the child inside returns from here. Raises `NotFound` or `PreconditionError`.
    """
    from ..engine.inside import enter
    from ..kernel import sandbox
    from ..kernel.terminal import attend

    box = sandbox.ensure(name) if start else _running(name)
    hear, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        code = attend(child)
        if os.read(hear, 1):
            sandbox.stop(name)
        raise SystemExit(code)
    os.close(hear)
    users = enter(box)
    try:
        return work()
    finally:
        if _of_no_use(users):
            os.write(tell, b"1")


def start(name: str) -> None:
    """Make the sandbox `name` ready, to stay until it is stopped."""
    from ..kernel import sandbox

    box = sandbox.ensure(name)
    child = os.fork()
    if child == 0:
        _keep(box)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        sandbox.stop(name)
        raise SystemExit(code)


def _keep(box: Sandbox) -> NoReturn:
    from ..engine.inside import enter, keep
    from .settings import Settings
    from .trouble import report

    try:
        enter(box)
        keep()
    except BaseException as error:
        os._exit(report(error, Settings()))
    os._exit(0)


def _running(name: str) -> Sandbox:
    from ..kernel import sandbox
    from ..kernel.errors import NotFound

    box = sandbox.find(name)
    if box is None:
        raise NotFound(f"no sandbox {name} is running", "nothing is up in it")
    return box


def _of_no_use(users: int) -> bool:
    """Is nothing up in here, nobody else at work, and nobody's wish that it stays?"""
    from ..engine.inside import KEEP
    from ..looking.state import state

    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return not os.path.exists(KEEP) and not state().records
    except Exception:
        return False  # Somebody is at work, or the records cannot be read: it stays.
