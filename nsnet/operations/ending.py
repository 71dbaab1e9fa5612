"""What becomes of a container whose command has ended by itself: its sandbox goes, and its restart
policy, or ``--rm``, is obeyed. The keeper calls this; there is no daemon that could."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from ..engine.engine import Engine
from ..engine.session import Session
from ..kernel.errors import KernelError
from ..topology.model import Container
from ..value import replace
from . import containers, edit, find
from .errors import NoSuch, refusing
from .journal import note_container

#: Docker's waits before a restart, in seconds: doubled each time, and begun anew after a run of
#: ten seconds (docs.docker.com, "Start containers automatically").
_FIRST_WAIT, _LONGEST_WAIT, _GOOD_RUN = 0.1, 60.0, 10.0
_LOOK = 0.2  # seconds between two looks whether it is still to be restarted


def ended(engine: Engine, name: str) -> None:
    """The command of `name` has ended. Returns when all that follows from it is done: for a
    container that is restarted, when it runs again."""
    wait = _settle(engine, name)
    limit = time.monotonic() + (wait or 0.0)
    try:
        while wait is not None:
            found = find.container(engine.state(), name)
            if not found.container.restarting:
                return  # somebody has stopped it, or started it, meanwhile
            if time.monotonic() >= limit:
                containers.start(engine, found.id)
                return
            time.sleep(min(_LOOK, max(0.0, limit - time.monotonic())))
    except NoSuch:
        return


def _settle(engine: Engine, name: str) -> float | None:
    """Take the sandbox away; the seconds until its restart, None if there is to be none."""
    with refusing(), engine.session() as session:
        try:
            found = find.container(session.state, name)
        except NoSuch:
            return None
        if not found.dead:
            return None
        one = containers.settled(session, found)
        found = find.container(session.state, found.id)
        if one.auto_remove:
            topology = edit.drop(found.record.layout.topology, one.name)
            session.edit(edit.declared(session.state, topology))
            containers.forget_log(found.process)
            note_container(session, "destroy", one)
            return None
        return _await_restart(session, found, one)


def _await_restart(session: Session, found: find.FoundContainer, one: Container) -> float | None:
    if not restarts(one):
        return None
    good = one.finished - one.started >= _GOOD_RUN
    count = 1 if good else one.restarts + 1
    waiting = replace(one, restarting=True, restarts=count)
    session.edit(edit.put(found.record.layout.topology, waiting))
    return min(_FIRST_WAIT * 2.0 ** (count - 1), _LONGEST_WAIT)


def restarts(one: Container) -> bool:
    """Does the restart policy want `one`, which has just ended, to run again?"""
    policy, _, limit = one.restart.partition(":")
    if policy in ("always", "unless-stopped"):
        return True
    if policy != "on-failure" or one.exit_code == 0:
        return False
    return not limit or one.restarts < int(limit)


def main(words: Sequence[str]) -> int:
    """``python -m nsnet.operations.ending ID STATUS``, as the keeper calls it. There is nobody
    to read a complaint: a restart that fails leaves the container stopped, with the reason in
    its log."""
    try:
        ended(Engine(), words[0])
    except KernelError as error:
        _complain(words[0], str(error))
        return error.exit_code
    return 0


def _complain(name: str, text: str) -> None:
    with suppress(KernelError, OSError):
        found = find.container(Engine().state(), name)
        if found.process and found.process.log:
            with open(found.process.log, "a", encoding="utf-8") as file:
                file.write(f"nsnet: cannot restart {found.container.name}: {text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
