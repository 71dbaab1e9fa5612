"""``nsnet plan`` and ``nsnet diff``: desired against kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command import Command
from .options import format_option
from .output import say, say_json
from .selection import SELECTION
from .settings import Settings

if TYPE_CHECKING:
    from ..topology.model import Topology

_SIGNS = """
\b
+  to be made      ~  to be put right      -  to be taken away

JSON: name, changes; of each change: sign, phase, what, why, commands.
"""


@click.command(
    cls=Command,
    files=True,
    sandbox="start",
    params=list(SELECTION),
    help=f"Show what `nsnet up WHAT` would do; nothing is changed.\n{_SIGNS}",
    examples=(
        ("nsnet plan bridge-demo", "every step, in the order of building"),
        ("nsnet plan bridge-demo --explain", "with reasons and commands"),
    ),
)
@click.option("--explain", is_flag=True, help="Show each step's reason and command.")
@format_option
@click.pass_obj
def plan(
    settings: Settings,
    what: str | None,
    profiles: tuple[str, ...],
    scale: dict[str, int],
    stub: bool,
    explain: bool,
    form: str,
) -> None:
    from . import source

    topology = source.topology(settings, what, profiles=profiles, stub=stub, scale=scale)
    show_plan(settings, topology, form, explain=explain)


@click.command(
    cls=Command,
    files=True,
    sandbox="start",
    params=list(SELECTION),
    help="Compare what is wanted with what the kernel has.\n\n"
    f"Exit code 0: no difference; 1: some, which `nsnet up` would put right.\n{_SIGNS}",
    examples=(
        ("nsnet diff bridge-demo", "is anything missing or changed?"),
        ("nsnet -q diff bridge-demo || echo damaged", "only by exit code"),
    ),
)
@format_option
@click.pass_obj
def diff(
    settings: Settings,
    what: str | None,
    profiles: tuple[str, ...],
    scale: dict[str, int],
    stub: bool,
    form: str,
) -> int:
    from . import source

    topology = source.topology(settings, what, profiles=profiles, stub=stub, scale=scale)
    return 1 if show_plan(settings, topology, form) else 0


def show_plan(
    settings: Settings,
    topology: Topology,
    form: str,
    *,
    script: bool = False,
    explain: bool = False,
) -> int:
    """Print the plan of an `up`; returns how many steps it has."""
    from ..engine.engine import Engine

    result = Engine().plan(topology)
    if script:
        from ..plan.script import render

        say(render(result.layout, result.changes).rstrip("\n"))
        return len(result.changes)
    from ..show import data, steps, words
    from .changes import shown

    plan = shown(result.changes)
    if form == "json":
        say_json({"name": topology.name, "changes": [data.change(each) for each in plan]})
    elif not settings.quiet:
        say(steps.explanation(plan) if explain else steps.listing(plan)) if plan else None
        count = words.count(len(plan), "step")
        say(f"\n{topology.name}: {count}: {steps.summary(plan)}" if plan else _same(topology.name))
    return len(plan)


def _same(name: str) -> str:
    return f"{name} is up as it should be: nothing to change"
