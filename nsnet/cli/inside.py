"""``nsnet exec`` and ``nsnet shell``: being in a container."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import containers
from .container_command import ContainerCommand
from .settings import Settings

if TYPE_CHECKING:
    from ..kernel.visit import Visit
    from ..operations.find import FoundContainer
    from ..topology.model import Container


def _pairs(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> dict[str, str]:
    """``("A=1", "B")`` as a dictionary; a name alone hands the caller's value on (Docker)."""
    env = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name:
            raise click.BadParameter(f"{word!r} is not NAME=VALUE")
        if equals or name in os.environ:
            env[name] = value if equals else os.environ[name]
    return env


def _note_ignored(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value and not ctx.ensure_object(Settings).quiet:
        click.echo(f"note: ignored: {param.opts[0]} (commands have all rights here)", err=True)


@click.command(
    "exec",
    cls=ContainerCommand,
    context_settings={"allow_interspersed_args": False},
    options_metavar="[OPTIONS]",
    examples=(
        ("nsnet exec web -- ip route", "the routes that web sees"),
        ("nsnet exec alpine1 ping -c1 172.17.0.3", "the -- may be left out"),
        ("nsnet exec -e LANG=C -w /tmp web -- sh", "with environment and directory"),
        ("nsnet exec -d web -- nc -lk -p 7", "left running"),
    ),
)
@click.option("-w", "--workdir", default="", metavar="DIR", help="Start in this directory.")
@click.option(
    "-e",
    "--env",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_pairs,
    help="Set an environment variable; repeatable.",
)
@click.option("--env-file", multiple=True, metavar="FILE", help="Set those of a file.")
@click.option("-d", "--detach", is_flag=True, help="Do not wait for it, nor show its output.")
@click.option("-i", "--interactive", is_flag=True, help="Let it read our input (it always does).")
@click.option("-t", "--tty", is_flag=True, help="Give it our terminal (it always has it).")
@click.option(
    *("-u", "--user"), metavar="USER", expose_value=False, hidden=True, callback=_note_ignored
)
@click.option("--privileged", is_flag=True, expose_value=False, hidden=True)
@click.option("--detach-keys", metavar="KEYS", expose_value=False, hidden=True)
@click.argument("name", shell_complete=containers)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
def execute(
    name: str,
    command: tuple[str, ...],
    workdir: str,
    env: dict[str, str],
    env_file: tuple[str, ...],
    detach: bool,
    interactive: bool,
    tty: bool,
) -> int:
    """Run a command in a container: the host's files, the container's network and processes.

    NAME is a container (its name, its id or the beginning of it), or a service that has only one.

    Exit code: the command's own; 126 where it cannot be run, 127 where there is none.
    """
    from ..kernel.visit import leave_in, run_in

    words = command[1:] if command[0] == "--" else command
    if not words:
        raise click.ClickException("no command to run: nsnet exec NAME -- COMMAND")
    if interactive and tty and not detach:
        from ..kernel.attach import require_terminal

        require_terminal()
    visit = _visit(_running(name), words, {**_of_files(env_file), **env}, workdir)
    if not detach:
        return run_in(visit)
    leave_in(visit)
    return 0


def _of_files(paths: tuple[str, ...]) -> dict[str, str]:
    if not paths:
        return {}
    from ..topology.flags.values import environment
    from .container_options import read_files

    return dict(environment(read_files("--env-file", paths), (), os.environ))


@click.command(
    cls=Command,
    examples=(
        ("nsnet shell web", "the prompt shows where you are"),
        ("SHELL=/bin/sh nsnet shell web", "with another shell"),
    ),
)
@click.argument("name", shell_complete=containers)
def shell(name: str) -> int:
    """Open your shell ($SHELL, or sh) in a container."""
    from ..kernel.visit import run_in
    from .prompt import program, prompt

    each = _running(name)
    return run_in(_visit(each, (program(),), prompt(each.container.name), ""))


def _running(name: str) -> FoundContainer:
    """The container. Raises `NoSuch`, and `Refused` where it has no sandbox."""
    from ..operations.errors import NoSuch, Refused
    from .look import found

    try:
        each = found(name)
    except NoSuch as error:
        error.why = _of_others(name) or error.why
        raise
    own = each.container.name
    if not each.running:
        raise Refused(f"Container {each.id} is not running: start it first (nsnet start {own})")
    if each.container.paused:
        raise Refused(
            f"Container {own} is paused, unpause the container before exec (nsnet unpause {own})"
        )
    return each


def _of_others(name: str) -> str:
    """How to run a command in the namespace `name`, if there is one that is no container."""
    from ..kernel import netns

    if not netns.names().get(name):
        return ""
    whose = "not a container" if name == "outside" else "that nsnet did not make"
    return f"{name} is a namespace {whose}: ip netns exec {name} COMMAND"


def _visit(
    each: FoundContainer, argv: tuple[str, ...], env: dict[str, str], directory: str
) -> Visit:
    from ..kernel import netns
    from ..kernel.visit import Visit
    from ..looking.state import folder

    owner = _owner(each)
    own = each.container.name
    process = each.record.processes.get(own) or owner.record.processes.get(owner.container.name)
    alone = owner.container.mode != "host"
    return Visit(
        netns=netns.path(own) if alone else "",
        argv=argv,
        process=process if process and process.alive else None,
        env={**os.environ, **dict(each.container.environment), "NSNET_CONTAINER": own, **env},
        cwd=directory,
        files=_files(folder(), owner.container.name),
        hostname=_hostname(owner.container) if alone else "",
    )


def _owner(each: FoundContainer) -> FoundContainer:
    """The one whose sandbox it uses: itself, or the one at the end of ``container:`` modes."""
    if each.container.mode != "container":
        return each
    from ..looking.state import state
    from ..operations import find
    from ..operations.errors import NoSuch

    now, owner = state(), each
    try:
        while owner.container.mode == "container":
            owner = find.container(now, owner.container.share)
    except NoSuch:
        return each
    return owner


def _hostname(container: Container) -> str:
    """As `plan.names.hostname` says it, which would take long to import."""
    from ..topology.identity import short

    return container.hostname or short(container.id) or container.name


def _files(folder: str, container: str) -> tuple[tuple[str, str], ...]:
    """The container's own files under /etc, as (target, source) pairs."""
    place = f"{folder}/etc/{container}"
    names = sorted(os.listdir(place)) if os.path.isdir(place) else []
    return tuple((f"/etc/{name}", f"{place}/{name}") for name in names)
