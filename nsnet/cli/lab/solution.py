"""``nsnet lab solution``."""

from __future__ import annotations

import click

from ..command import Command
from ..output import say
from .common import lang_option, language, told, under_work


@click.command(
    cls=Command,
    sandbox="",
    examples=(
        ("nsnet lab solution", "when yours passes"),
        ("nsnet lab solution --spoil", "before; your results will say so"),
    ),
)
@lang_option
@click.option("--spoil", is_flag=True, help="Show it although the exercise is not solved yet.")
def solution(spoil: bool, lang: str | None) -> None:
    """See the commands of one solution, each with its reason. There are others: behaviour
    decides."""
    from ...kernel.errors import KernelError
    from ...labs import attempt, progress
    from ...labs.exercise import filled

    now, one = under_work()
    solved = now.passed or one.id in progress.load().solved
    if not (solved or spoil):
        how = "nsnet lab hint says more; nsnet lab solution --spoil shows it all the same"
        raise KernelError(f"{one.id} is not solved yet", how)
    if not solved:
        with attempt.changing() as changed:
            changed.spoiled = True
    told("solution", language(lang), id=one.id)
    hidden = {name: each for name, each in now.values(one).items() if name.startswith("_")}
    with open(one.path("solution.sh"), encoding="utf-8") as file:
        for line in filled(file.read(), hidden).rstrip().splitlines():
            _say_line(line)


def _say_line(line: str) -> None:
    """A line; what its author declares for `lab verify` is left out."""
    from ...show import paint

    if line.startswith(("#!", "# without:")):
        return
    say(f"  {paint.faint(line) if line.startswith('#') else paint.command(line)}".rstrip())
