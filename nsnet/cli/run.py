"""``nsnet run``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from ..value import replace
from . import container_options
from .container_command import RunCommand

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..topology.flags.run import Wanted
    from ..topology.model import Container

_FAILED = 125  # Docker: the container could not be started

EXAMPLES = (
    ("nsnet run -dit --name alpine1 alpine ash", "a line of Docker's tutorial"),
    ("nsnet run -d --name web -p 8080:80 nginx", "a stub listener stands in for nginx"),
    ("nsnet run --rm --network front -- ping -c1 web", "your own program, in the foreground"),
    ("nsnet run -d --name box --", "a sandbox in which nothing runs"),
)


@click.command(
    cls=RunCommand,
    sandbox="start",
    examples=EXAMPLES,
    params=container_options.options(),
    options_metavar="[OPTIONS] [IMAGE] [--]",
)
@click.option("-d", "--detach", is_flag=True, help="Leave it running, and print its id.")
@click.option("-a", "--attach", multiple=True, metavar="STREAM", hidden=True)
@click.option("--detach-keys", default="", metavar="KEYS", help="How to leave it (ctrl-p,ctrl-q).")
@click.option("--sig-proxy/--no-sig-proxy", default=True, hidden=True)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]…")
def run(
    detach: bool, attach: tuple[str, ...], detach_keys: str, sig_proxy: bool, **values: Any
) -> int:
    """Make a container and run a command in it: the machine's own files, a network of its own.

    There are no images. IMAGE may be named, as in lines written for Docker: then a shell of this
    machine, or for well-known servers a listener on their ports, runs in its place. Behind --,
    everything is the command; with nothing behind it, nothing runs in the container.

    Exit code: the command's own; 125 where the container cannot be started, 126 where its
    command cannot be run, 127 where there is none.
    """
    from ..kernel.errors import KernelError, NotFound, PreconditionError
    from ..topology.model import TopologyError

    if detach and attach:
        raise click.ClickException("Conflicting options: -a and -d: keep one")
    typing = values["interactive"] and (not attach or "stdin" in [a.lower() for a in attach])
    if not detach and values["tty"] and typing:
        from ..kernel.attach import require_terminal

        require_terminal()
    cidfile = values["cidfile"]
    try:
        wanted = container_options.read(values)
        container = wanted.container
        if detach:
            return _detached(wanted, cidfile)
        if not (container.command or container.stub):
            raise KernelError("no command to run in the foreground", "write one, or -d")
        return _attached(wanted, cidfile, typing, detach_keys, sig_proxy)
    except (PreconditionError, NotFound):
        raise
    except (KernelError, TopologyError) as error:
        error.exit_code = _code(error)
        raise


def _code(error: Exception) -> int:
    """Docker's exit code for a container that did not start."""
    from ..kernel.errors import SpawnError

    for each in (error, error.__cause__):
        if isinstance(each, SpawnError):
            return each.exit_code
    interrupted = 130
    return interrupted if getattr(error, "exit_code", 0) == interrupted else _FAILED


def _detached(wanted: Wanted, cidfile: str) -> int:
    from ..engine.engine import Engine
    from .stopping import heeding

    with heeding() as stopping:
        try:
            made = start_new(Engine(stopping), wanted)
        except Exception as error:
            created = created_before(error)
            if created:
                _tell(created, cidfile)
            raise
    _tell(made, cidfile)
    return 0


def _tell(made: Container, cidfile: str) -> None:
    container_options.write_id(cidfile, made.id)
    click.echo(made.id)


def start_new(engine: Engine, wanted: Wanted) -> Container:
    """Create and start it. What is raised has the container as `created`, if it was."""
    from ..operations import containers

    container = named(engine, wanted.container)
    try:
        return containers.run(engine, container)
    except Exception as error:
        created = created_before(error)
        if created and created.auto_remove:
            containers.remove(engine, created.id)
        raise


def created_before(error: Exception) -> Container | None:
    """The container that had been created when `error` came up."""
    found = (getattr(each, "created", None) for each in (error, error.__cause__))
    return next((each for each in found if each), None)


def named(engine: Engine, container: Container) -> Container:
    """`container` with a name."""
    if container.name:
        return container
    from ..operations import find
    from ..topology.flags.words import name_of

    known = {each.container.name for each in find.containers(engine.state())}
    while (name := name_of(int.from_bytes(os.urandom(4)))) in known:
        pass
    return replace(container, name=name)


def _attached(wanted: Wanted, cidfile: str, typing: bool, detach_keys: str, sig_proxy: bool) -> int:
    from ..engine.engine import Engine
    from .foreground import foreground

    engine = Engine()
    wanted = wanted._replace(container=named(engine, wanted.container))

    def work(engine: Engine) -> Container:
        try:
            made = start_new(engine, wanted)
        except Exception as error:
            created = created_before(error)
            if created:
                container_options.write_id(cidfile, created.id)
            raise
        container_options.write_id(cidfile, made.id)
        return made

    return foreground(wanted.container, work, typing, detach_keys, sig_proxy)
