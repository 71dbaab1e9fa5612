"""``nsnet network disconnect``."""

from __future__ import annotations

import click

from ..complete import containers, networks
from ..container_command import ContainerCommand


@click.command(
    cls=ContainerCommand,
    params=[
        click.Argument(["network"], shell_complete=networks),
        click.Argument(["container"], shell_complete=containers),
        click.Option(["-f", "--force"], is_flag=True, help="Also one that is not known."),
    ],
    examples=(
        ("nsnet network disconnect back web", "its other networks stay"),
        ("nsnet network disconnect front ns:red", "off a namespace of your own"),
    ),
)
def disconnect(network: str, container: str, force: bool) -> None:
    """Take a container off a network, be it running or not: its interface goes, and what was
    published by way of it moves to another of its networks.
    """
    from ...engine.engine import Engine
    from ...operations import networks
    from ..stopping import heeding

    with heeding() as stopping:
        networks.disconnect(Engine(stopping), network, container, force)
