"""``nsnet down``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import topologies
from .options import format_option
from .output import say, say_json
from .settings import Settings

if TYPE_CHECKING:
    from ..engine.engine import Engine, Result

EXAMPLES = (
    ("nsnet down bridge-demo", "by the name that `nsnet ls` shows"),
    ("nsnet down", "the topology of this folder's compose file"),
    ("nsnet down shop blog", "several"),
    ("nsnet down --all", "every one, the newest first"),
)


@click.command(cls=Command, files=True, sandbox="end", examples=EXAMPLES)
@click.argument("names", nargs=-1, shell_complete=topologies)
@click.option("--all", "everything", is_flag=True, help="Take down every topology.")
@format_option
@click.pass_obj
def down(settings: Settings, names: tuple[str, ...], everything: bool, form: str) -> None:
    """Take topologies down: firewall first, then processes, cables, namespaces.

    NAMES are those of topologies that are up, demos or compose files. Afterwards the machine
    is as it was, to the last sysctl.

    JSON: a list; of each topology: name, steps.
    """
    if everything and (names or settings.files):
        raise click.UsageError("--all takes every topology down: leave the names out")
    results = _all(settings, form) if everything else _each(settings, names, form)
    if form == "json":
        say_json([{"name": r.layout.name, "steps": len(r.changes)} for r in results])
    elif everything and not results and not settings.quiet:
        say("nothing is up on this host")


def _all(settings: Settings, form: str) -> list[Result]:
    from .stopping import heeding

    began = time.monotonic()
    with heeding():
        results = _engine().down_all()
    for result in results:
        _tell(settings, result, time.monotonic() - began, form)
    return results


def _each(settings: Settings, names: tuple[str, ...], form: str) -> list[Result]:
    """One after the other; an error with one does not keep the others up."""
    results: list[Result] = []
    errors: list[Exception] = []
    engine = _engine()
    for name in names or (None,):
        began = time.monotonic()
        try:
            results.append(_take_down(settings, engine, name))
        except Exception as error:
            errors.append(error)
        else:
            _tell(settings, results[-1], time.monotonic() - began, form)
    if len(errors) > 1:
        raise ExceptionGroup("some topologies could not be taken down", errors)
    if errors:
        raise errors[0]
    return results


def _engine() -> Engine:
    from ..engine.engine import Engine

    return Engine()


def _take_down(settings: Settings, engine: Engine, name: str | None) -> Result:
    from ..looking.state import state
    from . import source
    from .known import no_topology
    from .stopping import heeding

    known = state().records
    if name is None and settings.project in known:
        name = settings.project
    if name is not None and name in known:
        topology = None
    elif name is not None and not source.find(name):
        raise no_topology(name, known)
    else:
        topology = source.topology(settings, name)
        name = topology.name
    with heeding():
        return engine.down(name or "", topology)


def _tell(settings: Settings, result: Result, seconds: float, form: str) -> None:
    if settings.quiet or form == "json":
        return
    from ..show import account, paint, words
    from ..value import replace

    name = paint.name(result.layout.name)
    gone = replace(
        result.layout,
        segments=tuple(s for s in result.layout.segments if s.name not in result.left),
    )
    say(f"{name} is down: {account.made(gone)} removed ({words.seconds(seconds)})")
    for network in result.left:
        say(
            f"network {network} stays: other containers are on it (nsnet network inspect {network})"
        )
