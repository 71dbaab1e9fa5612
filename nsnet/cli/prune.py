"""``nsnet container prune``."""

from __future__ import annotations

import click

from .asking import sure
from .container_command import ContainerCommand
from .output import say


@click.command(
    cls=ContainerCommand,
    params=[click.Option(["-f", "--force"], is_flag=True, help="Do not ask.")],
    examples=(("nsnet container prune -f", "forget all that do not run"),),
)
def prune(force: bool) -> None:
    """Remove all containers of `nsnet run` and `nsnet create` that do not run.

    Those of topologies (`nsnet up`) stay, and those that wait for a restart.
    """
    if not force and not sure("WARNING! This will remove all stopped containers."):
        return
    from ..engine.engine import Engine
    from ..operations.prune import stopped
    from .stopping import heeding

    with heeding() as stopping:
        found = stopped(Engine(stopping))
    if found:
        say("Deleted Containers:\n" + "\n".join(each.id for each in found) + "\n")
    say("Total reclaimed space: 0B")
