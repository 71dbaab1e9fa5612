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
    from ..engine.session import Result
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
    help="Show what `nsnet up WHAT` would do; nothing is changed. Of a topology that is up, by "
    "its name (by-hand is what single commands have made), --script prints all that it "
    f"consists of.\n{_SIGNS}",
    examples=(
        ("nsnet plan bridge-demo", "every step, in the order of building"),
        ("nsnet plan bridge-demo --explain", "with reasons and commands"),
        ("nsnet plan by-hand --script", "what single commands have made, as one script"),
    ),
)
@click.option("--script", is_flag=True, help="Print a shell script that does it.")
@click.option("--explain", is_flag=True, help="Show each step's reason and command.")
@format_option
@click.pass_obj
def plan(
    settings: Settings,
    what: str | None,
    profiles: tuple[str, ...],
    scale: dict[str, int],
    stub: bool,
    script: bool,
    explain: bool,
    form: str,
) -> None:
    from . import source

    topology = _recorded(settings, what)
    if topology and what and script:
        from ..engine.engine import Engine

        _say_script(Engine().whole(what))
        return
    if topology is None:
        topology = source.topology(settings, what, profiles=profiles, stub=stub, scale=scale)
    show_plan(settings, topology, form, script=script, explain=explain)


def _recorded(settings: Settings, what: str | None) -> Topology | None:
    """The topology that is up by the name `what`, which is no file and no demo."""
    from ..looking.state import state
    from . import source

    if what is None or settings.files or source.find(what):
        return None
    record = state().records.get(what)
    return record.layout.topology if record else None


def _say_script(result: Result) -> None:
    from ..plan.script import render

    say(render(result.layout, result.changes).rstrip("\n"))


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

    topology = _recorded(settings, what)
    if topology is None:
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
        _say_script(result)
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
