"""``nsnet doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command import Command
from .options import format_option
from .output import say, say_json
from .settings import Settings

if TYPE_CHECKING:
    from ..diagnose.doctor.finding import Finding
    from ..kernel.stack import Stack


@click.command(
    cls=Command,
    sandbox="start",
    examples=(
        ("nsnet doctor", "is anything wrong with this machine?"),
        ("nsnet doctor --all", "all that was looked at"),
        ("nsnet doctor --sandbox", "the same of a sandbox"),
        ("nsnet doctor --format json", "for programs"),
    ),
)
@click.option("-a", "--all", "everything", is_flag=True, help="Also what is in order; so does -v.")
@format_option
@click.pass_obj
def doctor(settings: Settings, everything: bool, form: str) -> int:
    """Examine the machine: kernel, tools, settings, other firewalls, Docker, subnets, remains.

    Each finding comes with what it breaks and the command that mends it. Nothing is
    changed. ✗ is broken, ! to be heeded, · good to know, ? could not be looked at.

    Exit code: 0 nothing is broken, 1 something is, 3 nothing as far as could be
    seen (only root sees firewalls).

    JSON: ok, complete, counts by level, findings (subject, check, level, what, breaks,
    mend).
    """
    from shutil import get_terminal_size

    from ..engine.host import has_rights
    from ..kernel.stack import Stack
    from ..show import doctor as shown

    with Stack(privileged=has_rights()) as stack:
        found = _examine(stack)
    if form == "json":
        say_json(shown.data(found))
    elif not settings.quiet:
        everything = everything or settings.verbose > 0
        for line in shown.lines(found, everything, get_terminal_size().columns):
            say(line)
    return shown.code(found)


def _examine(stack: Stack) -> dict[str, list[Finding]]:
    """The state is read as it is: other commands would bring a dead resolver back first."""
    from ..diagnose.doctor.finding import BROKEN, UNSEEN, Finding
    from ..diagnose.doctor.machine import Machine
    from ..diagnose.doctor.rounds import examine
    from ..engine import state
    from ..kernel.errors import KernelError
    from ..kernel.survey import Survey
    from ..looking.state import folder
    from ..plan.steps.namespace import MARKED

    place, records, trouble = folder(), state.State(), []
    try:
        records = state.load(place)
    except KernelError as error:
        level = BROKEN if stack.privileged else UNSEEN
        trouble = [Finding(level, "state", error.what, error.why, ("sudo nsnet doctor",))]
        if stack.privileged:
            trouble = [Finding(level, "state", error.what, error.why, ("sudo nsnet clean",))]
    machine = Machine(
        Survey(stack),
        place,
        tuple(each.layout for each in records.records.values()),
        root=stack.privileged,
        sandbox=_in_sandbox(),
        incomplete=tuple(name for name, each in records.records.items() if not each.complete),
        elsewhere=state.claimed_elsewhere(place),
        mark=MARKED,
    )
    found = examine(machine)
    found["files"] += trouble
    return found


def _in_sandbox() -> bool:
    """Is this user root of a user namespace only (user_namespaces(7))?"""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return file.read().split() != ["0", "0", "4294967295"]
