"""``nsnet fault inject``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..command import Command
from ..options import format_option
from ..output import say, say_json
from ..settings import Settings
from .words import kinds_typed, told

if TYPE_CHECKING:
    from ...engine.faults import Fault


@click.command(
    cls=Command,
    examples=(
        ("nsnet fault inject L1.LINK_DOWN web", "switch web's interface off"),
        ("nsnet fault inject DNAT_DEAD 8080", "the part behind the dot is enough"),
        ("nsnet fault inject --random --seed 7", "the same riddle for a whole class"),
    ),
)
@click.argument("name", required=False, metavar="[FAULT]", shell_complete=kinds_typed)
@click.argument("on", required=False, metavar="[ON]")
@click.option("--random", "surprise", is_flag=True, help="Choose one, and do not tell which.")
@click.option("--seed", type=int, metavar="N", help="With --random: the same one each time.")
@click.option("--explain", is_flag=True, help="Tell the commands that did it, and why.")
@format_option
@click.pass_obj
def inject(
    settings: Settings,
    name: str | None,
    on: str | None,
    surprise: bool,
    seed: int | None,
    explain: bool,
    form: str,
) -> None:
    """Break a thing: FAULT is the id that `nsnet why` will tell (`nsnet fault kinds`).

    ON is a container or namespace, a network or its bridge, or a published port; without it,
    the first one that the fault fits. What was there is recorded before anything is changed.

    JSON: number, id, on, commands (of a riddle the number alone).
    """
    if surprise == bool(name):
        raise click.UsageError("name a fault (nsnet fault kinds), or write --random")
    if explain and surprise:
        raise click.UsageError("--explain would tell the riddle: leave --random out")
    if seed is not None and not surprise:
        raise click.UsageError("--seed is for --random")
    found = _inject(name, on or "", surprise, seed)
    if form == "json":
        say_json(told(found, reveal=False))
    elif not settings.quiet:
        _say(found, explain)


def _inject(name: str | None, on: str, surprise: bool, seed: int | None) -> Fault:
    from ...engine.engine import Engine
    from ...faults import inject as faults
    from ..stopping import heeding

    with heeding():
        if surprise:
            return faults.surprise(Engine(), seed)
        return faults.inject(Engine(), name or "", on)


def _say(fault: Fault, explain: bool) -> None:
    from ...show import paint

    if fault.hidden:
        say(f"fault {fault.number}: something is broken. Find it with nsnet reach and nsnet why.")
        say("nsnet fault ls --reveal tells what it was, nsnet fault clear mends it.")
        return
    from ...plan.script import line

    say(f"fault {fault.number}: {paint.name(fault.id)} on {fault.on}")
    if explain:
        from ...show.faults import explanation

        steps = [(s.what, s.why, [line(c) for c in s.commands()]) for s in fault.steps]
        say(explanation(steps))
        return
    for step in fault.steps:
        for command in step.commands():
            say(f"  {paint.faint('$')} {paint.command(line(command))}")
