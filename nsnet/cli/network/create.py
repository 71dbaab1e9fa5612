"""``nsnet network create``."""

from __future__ import annotations

import click

from ..container_command import ContainerCommand
from ..settings import Settings

_OPTIONS = """
\b
Options of -o (bridge):
  com.docker.network.bridge.name        the bridge's name, 15 bytes at most
  com.docker.network.bridge.enable_icc  false: neighbours cannot talk
  com.docker.network.bridge.enable_ip_masquerade  false: no NAT outwards
  com.docker.network.bridge.host_binding_ipv4     where -p publishes
  com.docker.network.driver.mtu         bytes, 68 to 65535
  com.docker.network.container_iface_prefix       eth, or another word

\b
Options of -o (macvlan, ipvlan):
  parent             the host's interface, as eth0; eth0.50 is its VLAN 50;
                     without one, the containers reach only each other
  macvlan_mode       bridge (the default), private, vepa, passthru
  ipvlan_mode        l2 (the default), l3, l3s
  ipvlan_flag        bridge (the default), private, vepa
  nsnet.host_shim    an address for the host itself among the containers
"""


def _several(*names: str, help: str, metavar: str) -> click.Option:
    return click.Option(names, multiple=True, metavar=metavar, help=help)


def _unseen(name: str, **more: object) -> click.Option:
    return click.Option([name], hidden=True, **more)  # type: ignore[arg-type]


@click.command(
    cls=ContainerCommand,
    sandbox="start",
    help=f"Make a network; its id is printed.\n{_OPTIONS}",
    params=[
        click.Argument(["name"], metavar="NETWORK"),
        click.Option(
            ["-d", "--driver"],
            default="bridge",
            metavar="DRIVER",
            help="bridge (the default), macvlan, ipvlan or overlay.",
        ),
        _several("--subnet", "subnets", metavar="CIDR", help="Its addresses, as 172.28.0.0/16."),
        _several("--gateway", "gateways", metavar="IP", help="The bridge's own address."),
        _several("--ip-range", "ranges", metavar="CIDR", help="Where containers get theirs from."),
        _several("--aux-address", "aux", metavar="NAME=IP", help="Keep an address free."),
        click.Option(["--internal"], is_flag=True, help="No way out of it."),
        click.Option(["--ipv6"], is_flag=True, help="IPv6 as well; without --subnet, fd…::/64."),
        _several("-o", "--opt", "options", metavar="KEY=VALUE", help="An option of the driver."),
        _several("--label", "labels", metavar="KEY=VALUE", help="A note on it."),
        click.Option(["--attachable"], is_flag=True, help="For overlay; others always are."),
        click.Option(["--dry-run"], is_flag=True, help="Only show the plan; change nothing."),
        click.Option(["--script"], is_flag=True, help="Only print a shell script that does it."),
        click.Option(["--explain"], is_flag=True, help="Show each step's reason and command."),
        _unseen("--scope", default=""),
        _unseen("--ipam-driver", default="default"),
        _unseen("--ipam-opt", multiple=True, expose_value=False),
        _unseen("--ingress", is_flag=True),
        _unseen("--config-only", is_flag=True),
        _unseen("--config-from", default=""),
    ],
    examples=(
        ("nsnet network create front", "the next free subnet"),
        ("nsnet network create --subnet 172.28.0.0/16 front", "one of your own"),
        ("nsnet network create --internal back", "without a way out"),
        ("nsnet network create --dry-run --explain x", "what would be done, and why"),
    ),
)
@click.pass_obj
def create(settings: Settings, /, **words: object) -> None:
    from ..quick.network_create import run

    run(settings, **words)  # type: ignore[arg-type]
