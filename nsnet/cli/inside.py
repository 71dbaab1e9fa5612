"""``nsnet exec`` and ``nsnet shell``: being in a container."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import containers

if TYPE_CHECKING:
    from ..kernel.visit import Visit
    from .known import Known


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


@click.command(
    "exec",
    cls=Command,
    context_settings={"allow_interspersed_args": False},
    options_metavar="[-w DIR] [-e NAME=VALUE]",
    examples=(
        ("nsnet exec web -- ip route", "the routes that web sees"),
        ("nsnet exec alpine1 ping -c1 172.17.0.3", "the -- may be left out"),
        ("nsnet exec -e LANG=C -w /tmp web -- sh", "with environment and directory"),
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
@click.argument("name", shell_complete=containers)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
def execute(name: str, command: tuple[str, ...], workdir: str, env: dict[str, str]) -> int:
    """Run a command in a container: the host's files, the container's network and processes.

    NAME is a container, or a service that has only one.

    Exit code: the command's own; 126 where it cannot be run, 127 where there is none.
    """
    from ..kernel.visit import run_in
    from .known import container

    words = command[1:] if command[0] == "--" else command
    if not words:
        raise click.UsageError("no command to run: nsnet exec NAME -- COMMAND")
    return run_in(_visit(container(name), words, env, workdir))


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
    from .known import container
    from .prompt import program, prompt

    each = container(name)
    env = prompt(each.container.name)
    return run_in(_visit(each, (program(),), env, ""))


def _visit(each: Known, argv: tuple[str, ...], env: dict[str, str], directory: str) -> Visit:
    from ..kernel import netns
    from ..kernel.visit import Visit

    owner = each.owner
    process = each.process or each.record.processes.get(owner.name)
    alone = owner.mode != "host"
    name = {"NSNET_CONTAINER": each.container.name}
    return Visit(
        netns=netns.path(each.container.name) if alone else "",
        argv=argv,
        process=process if process and process.alive else None,
        env={**os.environ, **dict(each.container.environment), **name, **env},
        cwd=directory,
        files=_files(each.folder, owner.name),
        hostname=(owner.hostname or owner.name) if alone else "",
    )


def _files(folder: str, container: str) -> tuple[tuple[str, str], ...]:
    """The container's own files under /etc, as (target, source) pairs."""
    place = f"{folder}/etc/{container}"
    names = sorted(os.listdir(place)) if os.path.isdir(place) else []
    return tuple((f"/etc/{name}", f"{place}/{name}") for name in names)
