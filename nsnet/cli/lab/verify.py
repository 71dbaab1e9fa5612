"""``nsnet lab verify``."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING

import click

from ..command import Command
from ..output import say, say_json
from ..settings import Settings

if TYPE_CHECKING:
    from ...labs.exercise import Exercise
    from ...labs.verify.outcome import Outcome
    from ...labs.verify.run import Run

_SAMPLE = re.compile(r"(\d+)/(\d+)")


def _share(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _SAMPLE.fullmatch(text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise click.BadParameter(f"{text!r} is no share: write N/M, such as 2/5")
    return int(found[1]), int(found[2])


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab verify two-rooms", "one exercise, all properties"),
        ("nsnet lab verify --quick", "of all: it fails untouched, the solution passes"),
        ("nsnet lab verify --sample 3/5", "a fifth of the mistakes and left-out lines"),
        ("nsnet lab verify cable -k broken/one-end-down --seed 7", "one run again"),
        ("nsnet lab verify --format markdown", "the table for docs/labs.md"),
    ),
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--part", help="All exercises of a part.")
@click.option("--quick", is_flag=True, help="Only texts, untouched and solution.")
@click.option("--all", "everything", is_flag=True, help="All properties (the default).")
@click.option("--sample", callback=_share, metavar="N/M", help="The Nth of M shares.")
@click.option("--jobs", type=click.IntRange(1), help="Runs at once; by default, two per processor.")
@click.option("--seed", type=int, help="Draw these values; by default, others in each run.")
@click.option(
    "-k",
    "wanted",
    multiple=True,
    metavar="PROPERTY",
    help="texts, untouched, solution, broken, also, without or residue; or one run: broken/NAME.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Text to read, JSON for programs, or a Markdown table.",
)
@click.pass_obj
def verify(
    settings: Settings,
    ids: tuple[str, ...],
    part: str | None,
    quick: bool,
    everything: bool,
    sample: tuple[int, int] | None,
    jobs: int | None,
    seed: int | None,
    wanted: tuple[str, ...],
    form: str,
) -> int:
    """Prove that exercises are sound, each run in a machine of its own that ends with it.

    Untouched it fails; the solution, typed into the lab shell, passes twice; each mistake gives
    the diagnosis that it declares; so does the solution with any one command left out; other
    solutions pass; nothing is left. The exit code is 1 if anything is not so.
    """
    from ...labs.verify import report
    from ...labs.verify.run import KINDS, QUICK, runs
    from ...labs.verify.run import sample as share

    if quick and everything:
        raise click.UsageError("--quick and --all exclude each other")
    odd = [each for each in wanted if each.partition("/")[0] not in KINDS]
    if odd:
        raise click.UsageError(f"-k {odd[0]}: known are {', '.join(KINDS)}")
    found = runs(_chosen(ids, part), wanted or (QUICK if quick else KINDS), seed)
    if sample:
        found = share(found, *sample)
    if not found:
        raise click.UsageError("there is nothing to verify: no such run")
    begun = time.monotonic()
    outcomes = _proved(found, jobs or 0, settings, form)
    seconds = time.monotonic() - begun
    if form == "json":
        say_json(report.data(outcomes, seconds))
    elif form == "markdown":
        for line in report.table(outcomes):
            say(line)
    else:
        say(report.summary(outcomes, seconds))
    return 0 if all(each.ok for each in outcomes) else 1


def _chosen(ids: tuple[str, ...], part: str | None) -> list[Exercise]:
    from ...kernel.errors import NotFound
    from ...labs import library

    if ids:
        return [library.find(each) for each in ids]
    known = library.parts()
    if part is None:
        return [each for one in known for each in one.exercises]
    for one in known:
        if one.id == part:
            return list(one.exercises)
    raise NotFound(f"there is no part {part!r}", f"there are {', '.join(x.id for x in known)}")


def _proved(found: list[Run], jobs: int, settings: Settings, form: str) -> list[Outcome]:
    """Say what comes as it comes: on stdout in text, and failures on stderr otherwise."""
    from ...labs.verify import pool, report
    from ...labs.verify.proof import prove
    from ..progress import Progress

    pool.probe()
    progress = Progress("verifying", settings.quiet or form == "text")
    outcomes: list[Outcome] = []
    for outcome in pool.prove(found, prove, jobs):
        outcomes.append(outcome)
        progress(len(outcomes), len(found))
        lines = [] if outcome.ok and settings.quiet else [report.line(outcome)]
        lines += [] if outcome.ok else report.trouble(outcome)
        if form == "text":
            for line in lines:
                say(line)
            sys.stdout.flush()
        elif not outcome.ok:
            progress.clear()
            click.echo("\n".join(lines), err=True)
    progress.clear()
    return outcomes
