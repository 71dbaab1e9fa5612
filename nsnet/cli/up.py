"""``nsnet up``."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from .command import Command
from .options import DEFAULT_SANDBOX, format_option
from .output import say, say_json
from .selection import SELECTION
from .settings import Settings

if TYPE_CHECKING:
    from ..engine.engine import Result
    from ..topology.model import Topology

EXAMPLES = (
    ("nsnet up bridge-demo", "one of `nsnet demos`"),
    ("nsnet up", "the compose file of this folder"),
    ("nsnet up -f a.yaml -f b.yaml", "two files, merged"),
    ("nsnet up --scale web=3", "three containers of service web"),
    ("nsnet up bridge-demo --dry-run", "the plan; nothing is changed"),
    ("nsnet up bridge-demo --explain", "do it, and tell why and how"),
    ("nsnet up bridge-demo --script | sudo sh", "the same by plain commands"),
)


@click.command(cls=Command, files=True, sandbox="start", examples=EXAMPLES, params=list(SELECTION))
@click.option("--dry-run", is_flag=True, help="Only show the plan; change nothing.")
@click.option("--script", is_flag=True, help="Only print a shell script that does it.")
@click.option("--explain", is_flag=True, help="Show each step's reason and command.")
@format_option
@click.pass_obj
def up(
    settings: Settings,
    what: str | None,
    profiles: tuple[str, ...],
    scale: dict[str, int],
    stub: bool,
    dry_run: bool,
    script: bool,
    explain: bool,
    form: str,
) -> None:
    """Build a topology: namespaces, bridges, cables, addresses, firewall, processes.

    WHAT is a demo, a compose file or a folder with one. What exists already stays, what is
    damaged is repaired; if anything fails, everything is as it was before.

    JSON: name, source, networks, containers, notes, changed, steps, seconds.
    """
    from . import source

    topology = source.topology(settings, what, profiles=profiles, stub=stub, scale=scale)
    if dry_run or script:
        from .plan import show_plan

        show_plan(settings, topology, form, script=script, explain=explain)
        return
    began = time.monotonic()
    result = build(settings, topology)
    _tell(settings, result, time.monotonic() - began, explain=explain, form=form)


def build(settings: Settings, topology: Topology) -> Result:
    """Do it, with a progress line, and with Ctrl-C as a wish to stop."""
    from ..engine.engine import Engine
    from .progress import Progress
    from .stopping import heeding

    progress = Progress(f"building {topology.name}", settings.quiet)
    with heeding() as stopping:
        try:
            return Engine(stopping=stopping).up(topology, progress)
        finally:
            progress.clear()


def _tell(settings: Settings, result: Result, seconds: float, *, explain: bool, form: str) -> None:
    if form == "json":
        say_json(_as_json(result, seconds))
    elif not settings.quiet:
        if explain and result.changes:
            from ..show.steps import explanation
            from .changes import shown

            say(explanation(shown(result.changes)) + "\n")
        say(_account(settings, result, seconds))


def _account(settings: Settings, result: Result, seconds: float) -> str:
    from ..show import account, paint, words

    name = result.layout.name
    if result.unchanged:
        return f"{paint.name(name)} is already up: nothing to change"
    steps = f"{words.count(len(result.changes), 'step')}, {words.seconds(seconds)}"
    headline = f"{paint.name(name)} is up: {account.made(result.layout)} ({steps})"
    inside, again = _where(settings)
    return account.account(result.layout, headline, f"{again} down {name}", inside)


def _where(settings: Settings) -> tuple[str, str]:
    """The command that leads to where the commands to try work (empty: we are there), and
    how to call nsnet again."""
    if not settings.sandbox:
        return "", "sudo nsnet" if os.environ.get("SUDO_USER") else "nsnet"
    if settings.sandbox == DEFAULT_SANDBOX:
        return "nsnet sandbox shell", "nsnet --sandbox"
    return f"nsnet sandbox shell {settings.sandbox}", f"nsnet --sandbox={settings.sandbox}"


def _as_json(result: Result, seconds: float) -> dict[str, object]:
    from ..show import data

    told = {"changed": not result.unchanged, "steps": len(result.changes)}
    return {**data.layout(result.layout), **told, "seconds": round(seconds, 3)}
