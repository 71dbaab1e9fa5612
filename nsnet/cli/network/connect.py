"""``nsnet network connect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..complete import containers, networks
from ..container_command import ContainerCommand
from ..options import format_option
from ..output import say_json

if TYPE_CHECKING:
    from ...engine.engine import Engine

_NAMESPACE = """
CONTAINER may also be a network namespace that you have made: ns:/run/netns/NAME, ns:NAME or
ns:PID. It keeps its default route, if it has one.

JSON: network, interface, host_interface, ipv4, ipv6, mac.
"""


def _several(*names: str, help: str, metavar: str) -> click.Option:
    return click.Option(names, multiple=True, metavar=metavar, help=help)


def _text(*names: str, help: str, metavar: str) -> click.Option:
    return click.Option(names, default="", metavar=metavar, help=help)


@format_option
@click.command(
    cls=ContainerCommand,
    help="Plug a container into a network, be it running or not; it gets one more interface."
    f"\n{_NAMESPACE}",
    params=[
        click.Argument(["network"], shell_complete=networks),
        click.Argument(["container"], shell_complete=containers),
        _text("--ip", metavar="IP", help="Its address there; the network needs a --subnet."),
        _text("--ip6", metavar="IP", help="Its IPv6 address there."),
        _several("--alias", "aliases", metavar="NAME", help="One more name, on this network."),
        _several("--link", "links", metavar="CONTAINER:NAME", help="Call another one so."),
        _several("--link-local-ip", "link_local_ips", metavar="IP", help="One more address."),
        _several("--driver-opt", "options", metavar="KEY=VALUE", help="An option of the driver."),
        _text("--interface", metavar="NAME", help="What its interface is called (nsnet only)."),
        _text("--mac-address", metavar="MAC", help="Its address on the wire (nsnet only)."),
    ],
    examples=(
        ("nsnet network connect back web", "web is on both networks now"),
        ("nsnet network connect --ip 172.28.0.9 --alias db back web", "as it wants to be"),
        ("nsnet network connect front ns:red", "a namespace made by ip netns add red"),
    ),
)
def connect(network: str, container: str, form: str, **words: object) -> None:
    from ...engine.engine import Engine
    from ...operations import networks
    from ...topology.flags.network import Plug, attachment
    from ..stopping import heeding

    wish = attachment(network, Plug(**words))  # type: ignore[arg-type]
    with heeding() as stopping:
        engine = Engine(stopping)
        one = networks.connect(engine, network, container, wish)
    if form == "json":
        say_json(_told(engine, one.name, one.attachments[-1].network))


def _told(engine: Engine, container: str, network: str) -> object:
    """The endpoint as it was made; of a stopped container, only where it will be."""
    from ...show import data

    for record in engine.state().records.values():
        for endpoint in record.layout.endpoints_of(container):
            if endpoint.network == network:
                return data.endpoint(endpoint)
    return {"network": network}
