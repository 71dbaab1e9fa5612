"""``nsnet rm``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .complete import containers
from .container_command import ContainerCommand, for_each

if TYPE_CHECKING:
    from ..engine.engine import Engine


class _Remove(ContainerCommand):
    """With Docker's -v, which is about volumes."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for param in self.params:
            if "--verbose" in param.opts:
                param.opts = ["--verbose"]


@click.command(
    cls=_Remove,
    examples=(
        ("nsnet rm web", "one that is stopped"),
        ("nsnet rm -f web db", "also those that run; no error for one that is not there"),
    ),
)
@click.argument("names", metavar="NAME…", nargs=-1, required=True, shell_complete=containers)
@click.option("-f", "--force", is_flag=True, help="Kill what still runs.")
@click.option("-v", "--volumes", is_flag=True, hidden=True)
@click.option("-l", "--link", is_flag=True, hidden=True)
def rm(names: tuple[str, ...], force: bool, volumes: bool, link: bool) -> int:
    """Remove containers, and print their names."""
    if link:
        raise click.ClickException(
            "rm --link is not supported: links go with the container that has them"
        )
    return for_each(names, lambda engine, name: _remove(engine, name, force), told=False)


def _remove(engine: Engine, name: str, force: bool) -> None:
    from ..operations import containers
    from ..operations.errors import NoSuch

    try:
        containers.remove(engine, name, force)
    except NoSuch as error:
        if not force:
            raise
        click.echo(f"{error}", err=True)
        return
    click.echo(name)
