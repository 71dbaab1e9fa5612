"""``nsnet network create``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...value import replace
from ..container_command import ContainerCommand
from ..output import say
from ..settings import Settings

if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...topology.flags.network import Flags
    from ...topology.model import Network, Topology

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
def create(
    settings: Settings, /, name: str, dry_run: bool, script: bool, explain: bool, **words: object
) -> None:
    from ...topology.flags import network as flags

    wanted = flags.network(name, _flags(words))
    if dry_run or script:
        _show_plan(settings, wanted, script, explain)
        return
    from ...engine.engine import Engine
    from ...operations import networks
    from ..stopping import heeding

    with heeding() as stopping:
        told = _explanation(wanted) if explain else ""
        made = networks.create(engine := Engine(stopping), wanted)
    if made.driver in ("macvlan", "ipvlan") and not settings.quiet:
        _tell_limits(engine, made)
    if told:
        say(told + "\n")
    say(made.id)


def _tell_limits(engine: Engine, made: Network) -> None:
    """What Docker leaves its users to find out: from the host, such a network is not reached."""
    from ...topology.lan import remarks
    from ...topology.model import BY_HAND

    layout = engine.state().records[BY_HAND].layout
    for text in remarks(layout.segment(made.name)):
        click.echo(f"note: {text}", err=True)


def _flags(words: dict[str, object]) -> Flags:
    from ...topology.flags.network import Flags

    return Flags(**words)  # type: ignore[arg-type]


def _with(wanted: Network) -> Topology:
    """What single commands have made, with one more network."""
    from ...engine.engine import Engine
    from ...operations.edit import by_hand

    topology = by_hand(Engine().state())
    return replace(topology, networks=(*topology.networks, wanted))


def _show_plan(settings: Settings, wanted: Network, script: bool, explain: bool) -> None:
    from ..plan import show_plan

    show_plan(settings, _with(wanted), "table", script=script, explain=explain)


def _explanation(wanted: Network) -> str:
    """The plan as it is about to be carried out."""
    from ...engine.engine import Engine
    from ...show.steps import explanation
    from ..changes import shown

    return explanation(shown(Engine().plan(_with(wanted)).changes))
