"""The work of ``nsnet network create``."""

from __future__ import annotations

import sys

from ..output import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...topology.model import Network, Topology
    from ..settings import Settings

ARGUMENTS = ("name",)
FLAGS = {"--internal": "internal", "--ipv6": "ipv6", "--attachable": "attachable"}
ONCE = {"--driver": "driver", "-d": "driver"}
SEVERAL = {
    "--subnet": "subnets",
    "--gateway": "gateways",
    "--ip-range": "ranges",
    "--aux-address": "aux",
    "--opt": "options",
    "-o": "options",
    "--label": "labels",
}


def run(
    settings: Settings,
    name: str,
    dry_run: bool = False,
    script: bool = False,
    explain: bool = False,
    **words: object,
) -> None:
    """Make the network, or only show how; `words` are the fields of `Flags`."""
    from ...topology.flags import network as flags

    wanted = flags.network(name, flags.Flags(**words))  # type: ignore[arg-type]
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
        print(f"note: {text}", file=sys.stderr, flush=True)


def _with(wanted: Network) -> Topology:
    """What single commands have made, with one more network."""
    from ...engine.engine import Engine
    from ...operations.edit import by_hand
    from ...value import replace

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
