"""``nsnet network rm``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..complete import networks as known
from ..container_command import ContainerCommand, for_each

if TYPE_CHECKING:
    from ...engine.engine import Engine


@click.command(
    cls=ContainerCommand,
    params=[
        click.Argument(
            ["names"], nargs=-1, required=True, metavar="NETWORK…", shell_complete=known
        ),
        click.Option(["-f", "--force"], is_flag=True, help="No error where there is none."),
    ],
    examples=(("nsnet network rm front back", "each by its name, or the start of its id"),),
)
def rm(names: tuple[str, ...], force: bool) -> int:
    """Remove networks that no running container is on.

    A stopped container that was on one of them cannot be started any more.
    """
    return for_each(names, lambda engine, name: _remove(engine, name, force))


def _remove(engine: Engine, name: str, force: bool) -> None:
    from ...operations import networks
    from ...operations.errors import NoSuch

    try:
        networks.remove(engine, name)
    except NoSuch as error:
        if not force:
            raise NoSuch(f"No such network: {name}", error.why) from None
