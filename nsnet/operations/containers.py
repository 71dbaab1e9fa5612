"""``create``, ``start``, ``stop``, ``restart``, ``rm``, ``kill``, ``pause`` and ``unpause``."""

from __future__ import annotations

import os
import signal as signals
import time
from contextlib import suppress

from ..engine.engine import Engine
from ..engine.session import Session
from ..kernel import process
from ..kernel.errors import KernelError
from ..kernel.process import Process
from ..topology.identity import new_id
from ..topology.model import DEFAULT_NETWORK, Container
from ..value import replace
from . import edit, find
from .errors import NoSuch, Refused, refusing
from .find import FoundContainer
from .journal import note_container
from .networks import check_wish


def create(engine: Engine, container: Container) -> Container:
    """Describe a container; nothing of it is built. As recorded, with its id.

    Raises `Refused` if its name is taken, or what it links to is not there.
    """
    with refusing(), engine.session() as session:
        return _create(session, container)


def run(engine: Engine, container: Container) -> Container:
    """`create` and `start` in one go. If starting fails the container stays, as in Docker;
    the error's `created` is it."""
    with refusing(), engine.session() as session:
        made = _create(session, container)
        try:
            return _start(session, find.container(session.state, made.name))
        except Exception as error:
            error.created = made  # type: ignore[attr-defined]
            raise


def _create(session: Session, container: Container) -> Container:
    for known in find.containers(session.state):
        if known.container.name == container.name:
            raise Refused(
                f'Conflict. The container name "/{container.name}" is already in use by container '
                f'"{known.id}": remove it (nsnet rm -f {container.name}) or choose another name'
            )
    _free_of_foreign(session, container.name)
    for link in container.links if _on_default(container) else ():
        _linkable(session, link.container)
    now = time.time()
    made = replace(container, id=new_id(), created=now, stopped=True)
    topology = edit.put(edit.by_hand(session.state), made)
    session.edit(edit.declared(session.state, topology))
    note_container(session, "create", made)
    return made


def _free_of_foreign(session: Session, name: str) -> None:
    """A name below /run/netns stands for one namespace. Raises `Refused`."""
    other = edit.by_hand(session.state).container(name)
    if other is not None and other.mode == "namespace":
        raise Refused(
            f"Conflict. {name} is the name of a namespace that networks are plugged into "
            f"(ns:{name}): choose another name"
        )


def _on_default(container: Container) -> bool:
    return any(a.network == DEFAULT_NETWORK for a in container.attachments)


def _linkable(session: Session, name: str) -> FoundContainer:
    try:
        return find.container(session.state, name)
    except NoSuch:
        raise NoSuch(f"could not get container for {name}: No such container: {name}") from None


def start(engine: Engine, name: str) -> Container:
    """Start a container that is not running. Raises `Refused`; then it stays as it was."""
    with refusing(), engine.session() as session:
        found = find.container(session.state, name)
        if found.dead:
            settled(session, found)
            found = find.container(session.state, found.id)
        if found.running:
            return found.container
        return _start(session, found)


def _start(session: Session, found: FoundContainer) -> Container:
    if found.container.refusal:
        raise Refused(found.container.refusal)
    again = found.container.restarting
    one = _on_networks(session, found.container)
    one = _sharing(session, one)
    one = _linked(session, one)
    one = edit.begun(one if again else replace(one, restarts=0), time.time())
    topology = edit.put(found.record.layout.topology, one)
    topology = edit.sharing(topology, one.name, adrift=False)
    session.edit(edit.declared(session.state, topology))
    note_container(session, "start", one)
    return one


def _on_networks(session: Session, one: Container) -> Container:
    """`one` with the names of the networks that it is to be on. Raises `Refused`."""
    wishes = []
    for wish in one.attachments:
        try:
            network = find.network(session.state, wish.network).network
        except NoSuch:
            raise Refused(
                f"network {wish.network} not found: create it (nsnet network create {wish.network})"
            ) from None
        if network.name != DEFAULT_NETWORK:
            check_wish(network, wish)
        wishes.append(replace(wish, network=network.name))
    return replace(one, attachments=tuple(wishes))


def _sharing(session: Session, one: Container) -> Container:
    """`one` with the name of the container whose sandbox it is to use. Raises `Refused`."""
    if one.mode != "container":
        return one
    owner = find.container(session.state, one.share)
    name = owner.container.name
    if name == one.name:
        raise Refused("cannot join own network: name another container")
    if not owner.running:
        raise Refused(
            f"cannot join network of a non running container: {name}: start it first "
            f"(nsnet start {name})"
        )
    return replace(one, share=name)


def _linked(session: Session, one: Container) -> Container:
    """`one` with the names of the containers it links to. On the default bridge, links are
    lines of its hosts file: their targets have to be there. Raises `Refused`."""
    if not _on_default(one):
        return one
    links = []
    for link in one.links:
        target = _linkable(session, link.container)
        name = target.container.name
        if not target.running:
            raise Refused(
                f"Cannot link to a non running container: /{name} AS /{one.name}/{link.alias}: "
                f"start it first (nsnet start {name})"
            )
        if not _on_default(target.container):
            raise Refused(
                f"Cannot link to /{name}, as it does not belong to the default network: put both "
                "on a user-defined network, where names need no link"
            )
        links.append(replace(link, container=name))
    return replace(one, links=tuple(links))


def stop(engine: Engine, name: str, seconds: float = 10.0) -> Container:
    """End a container's command (SIGTERM, after `seconds` SIGKILL) and take its sandbox away;
    its description stays, unless it was made with ``--rm``. No harm if it is stopped already."""
    ran = find.container(engine.state(), name).running
    one = _stop(engine, name, seconds)
    if ran and one.auto_remove:
        with suppress(NoSuch):  # the foreground may have been faster
            remove(engine, one.id)
    return one


def _stop(engine: Engine, name: str, seconds: float) -> Container:
    found = find.container(engine.state(), name)
    while True:
        if found.running:
            _end(found, seconds)
        with refusing(), engine.session() as session:
            found = find.container(session.state, found.id)
            if found.process and found.process.alive:
                continue  # somebody has started it meanwhile
            if found.running:
                note_container(session, "kill", found.container, signal="15" if seconds else "9")
                one = settled(session, found)
                note_container(session, "stop", one)
                return one
            if found.container.restarting:
                one = replace(found.container, restarting=False)
                session.edit(edit.put(found.record.layout.topology, one))
            return found.container


def _end(found: FoundContainer, seconds: float) -> None:
    """Without the lock: whoever takes its time to end keeps nobody else waiting."""
    if found.process and found.process.alive:
        process.stop(found.process, seconds)


def settled(session: Session, found: FoundContainer) -> Container:
    """Take away the sandbox of a container whose command has ended; as recorded then."""
    status = (found.process.exit_status or 0) if found.process else 0
    one = edit.ended(found.container, time.time(), status)
    topology = edit.put(found.record.layout.topology, one)
    topology = edit.sharing(topology, one.name, adrift=True)
    session.edit(edit.declared(session.state, topology))
    note_container(session, "die", one, exitCode=str(status))
    return one


def restart(engine: Engine, name: str, seconds: float = 10.0) -> Container:
    """`stop` and `start`; one that was made with ``--rm`` is not removed between."""
    _stop(engine, name, seconds)
    one = start(engine, name)
    with engine.session() as session:
        note_container(session, "restart", one)
    return one


def remove(engine: Engine, name: str, force: bool = False) -> Container:
    """Forget a container; with `force` a running one is killed, and so are those that share its
    sandbox: it will not come back (Docker leaves them running, cut off). Raises `Refused`."""
    found = find.container(engine.state(), name)
    if not force:
        _check_removable(found)
    if found.running:
        _end(found, 0)
    with refusing(), engine.session() as session:
        found = find.container(session.state, found.id)
        if not force:
            _check_removable(found)
        one = found.container
        if found.running:
            note_container(session, "kill", one, signal="9")
            note_container(session, "die", one, exitCode=str(128 + signals.SIGKILL))
        topology = edit.drop(found.record.layout.topology, one.name)
        topology = edit.without_sharers(topology, one.name, time.time())
        session.edit(edit.declared(session.state, topology))
        forget_log(found.process)
        note_container(session, "destroy", one)
    return one


def _check_removable(found: FoundContainer) -> None:
    one = found.container
    if found.dead or not (found.running or one.restarting):
        return
    state = "paused" if one.paused else "restarting" if one.restarting else "running"
    raise Refused(
        f"You cannot remove a {state} container {found.id}: stop it first "
        f"(nsnet stop {one.name}), or force it (nsnet rm -f {one.name})"
    )


def forget_log(last: Process | None) -> None:
    """Remove what the last command of a container has printed."""
    if last and last.log:
        for path in (last.log, process.exit_file(last.log)):
            with suppress(OSError):
                os.unlink(path)


def kill(engine: Engine, name: str, number: int = signals.SIGKILL) -> Container:
    """Send a signal to a container's first process. After SIGKILL it is as stopped, and not
    restarted (as in Docker); when this returns its sandbox is gone. Raises `Refused` if nothing
    runs."""
    found = find.container(engine.state(), name)
    current = found.process if found.running else None
    if current and current.alive and number == signals.SIGKILL:
        return stop(engine, found.id, 0)
    if current is None or not process.kill(current, number):
        raise Refused(f"Container {found.container.name} is not running: nothing to signal")
    with engine.session() as session:
        note_container(session, "kill", found.container, signal=str(number))
    return found.container


def rename(engine: Engine, old: str, new: str) -> Container:
    """Call a container otherwise, while it runs. Raises `Refused`."""
    from ..engine import rename as renaming

    with refusing(), engine.session() as session:
        found = find.container(session.state, old)
        name = found.container.name
        if name == new:
            raise Refused(f"Renaming a container with the same name as its current name: {new}")
        for known in find.containers(session.state):
            if known.container.name == new:
                raise Refused(
                    f'Error when allocating new name: Conflict. The container name "/{new}" is '
                    f'already in use by container "{known.id}": choose another name'
                )
        _free_of_foreign(session, new)
        renaming.rename(session, found.record, name, new)
        made = find.container(session.state, new).container
        note_container(session, "rename", made, oldName=f"/{name}")
    return made


def pause(engine: Engine, name: str) -> Container:
    """Let a container's processes stand still; its network stack goes on answering. Raises
    `Refused`."""
    return _pause(engine, name, True)


def unpause(engine: Engine, name: str) -> Container:
    """Let them go on. Raises `Refused`."""
    return _pause(engine, name, False)


def _let_stand(current: process.Process, name: str, wanted: bool) -> None:
    try:
        (process.pause if wanted else process.unpause)(current)
    except KernelError as error:
        if current.alive:
            raise
        raise Refused(f"Container {name} is not running") from error


def _pause(engine: Engine, name: str, wanted: bool) -> Container:
    with refusing(), engine.session() as session:
        found = find.container(session.state, name)
        one = found.container
        current = found.process
        if not found.running or current is None or not current.alive:
            raise Refused(f"Container {one.name} is not running")
        if one.paused == wanted:
            raise Refused(f"Container {one.name} is {'already' if wanted else 'not'} paused")
        _let_stand(current, one.name, wanted)
        one = replace(one, paused=wanted)
        session.edit(edit.put(found.record.layout.topology, one))
        note_container(session, "pause" if wanted else "unpause", one)
    return one
