"""``nsnet create``."""

from __future__ import annotations

from typing import Any

import click

from . import container_options
from .container_command import RunCommand


@click.command(
    cls=RunCommand,
    sandbox="start",
    examples=(
        ("nsnet create --name web --network front nginx", "made, but not started"),
        ("nsnet start web", "starts it"),
    ),
    params=container_options.options(),
    options_metavar="[OPTIONS] [IMAGE] [--]",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]…")
def create(**values: Any) -> None:
    """Make a container without starting it, and print its id.

    The words are those of `nsnet run`: IMAGE and COMMAND mean what they mean there.
    """
    from ..engine.engine import Engine
    from ..operations import containers
    from .run import named
    from .stopping import heeding

    cidfile = values["cidfile"]
    wanted = container_options.read(values)
    with heeding() as stopping:
        engine = Engine(stopping)
        made = containers.create(engine, named(engine, wanted.container))
    container_options.write_id(cidfile, made.id)
    click.echo(made.id)
