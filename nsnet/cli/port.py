"""``nsnet port``."""

from __future__ import annotations

import click

from .complete import containers
from .container_command import BAD_USE, ContainerCommand
from .options import format_option
from .output import say, say_json


@click.command(
    cls=ContainerCommand,
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
    wanted = None if port is None else _parse(port)
    from ..show.docker.ports import where
    from .look import found

    known = found(container)
    name = known.container.name
    bindings = [b for b in known.record.layout.bindings if b.container == name]
    if wanted:
        bindings = [b for b in bindings if (b.port, b.protocol) == wanted]
        if not bindings:
            raise _unpublished(name, wanted)
    bindings.sort(key=lambda b: (b.port, b.protocol))
    if form == "json":
        from ..show import data

        say_json([data.binding(b) for b in bindings])
        return
    for b in bindings:
        say(where(b) if wanted else f"{b.port}/{b.protocol} -> {where(b)}")


def _parse(text: str) -> tuple[int, str]:
    number, _, protocol = text.partition("/")
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 65536):
        raise _not_a_port(text)
    return int(number), protocol.lower() or "tcp"


def _not_a_port(text: str) -> Exception:
    error = click.UsageError(f"{text!r} is not a port: write 80 or 53/udp")
    error.exit_code = BAD_USE  # type: ignore[misc]
    return error


def _unpublished(name: str, wanted: tuple[int, str]) -> Exception:
    from ..operations.errors import Refused

    number, protocol = wanted
    return Refused(
        f"No public port '{number}/{protocol}' published for {name}", "", f"nsnet port {name}"
    )
