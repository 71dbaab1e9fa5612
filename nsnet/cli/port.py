"""``nsnet port``."""

from __future__ import annotations

import click

from .command import Command
from .complete import containers
from .options import format_option
from .output import say, say_json


@click.command(
    cls=Command,
    examples=(
        ("nsnet port web", "80/tcp -> 0.0.0.0:8080"),
        ("nsnet port web 80", "0.0.0.0:8080"),
        ("nsnet port dns 53/udp", "0.0.0.0:5353"),
    ),
)
@click.argument("container", shell_complete=containers)
@click.argument("port", required=False, metavar="[PORT[/PROTOCOL]]")
@format_option
def port(container: str, port: str | None, form: str) -> None:
    """Show where the ports of a container are published, as `docker port` does.

    JSON: a list; of each port: host_ip, host_port, container_port, protocol.
    """
    from . import known

    each = known.container(container)
    name = each.container.name
    bindings = [b for b in each.record.layout.bindings if b.container == name]
    if port is not None:
        wanted = _parse(port)
        bindings = [b for b in bindings if (b.port, b.protocol) == wanted]
        if not bindings:
            raise _unpublished(name, wanted)
    if form == "json":
        from ..show import data

        say_json([data.binding(b) for b in bindings])
        return
    for b in bindings:
        say(b.where if port is not None else f"{b.port}/{b.protocol} -> {b.where}")


def _parse(text: str) -> tuple[int, str]:
    number, _, protocol = text.partition("/")
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 65536):
        raise click.UsageError(f"{text!r} is not a port: write 80 or 53/udp")
    return int(number), protocol.lower() or "tcp"


def _unpublished(name: str, wanted: tuple[int, str]) -> Exception:
    from ..kernel.errors import NotFound

    number, protocol = wanted
    return NotFound(f"{name} does not publish port {number}/{protocol}", f"see: nsnet port {name}")
