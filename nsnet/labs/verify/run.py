"""The runs that prove an exercise."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

from ...value import Value
from .. import script
from ..exercise import Exercise
from ..reading import BadExercise

#: What is proved, in the order of the report. `texts` needs no machine.
KINDS = ("texts", "untouched", "solution", "broken", "also", "without", "residue")
QUICK = ("texts", "untouched", "solution")
#: Those of which a sample may be taken.
SAMPLED = ("broken", "also", "without", "residue")

_SEEDS = 1 << 31


class Run(Value):
    """One run. `name` is the script in its folder, or the line of the solution that is left out;
    `commands` are carried out in order, and `expect` are the diagnoses one of which comes first.
    `needs` are programs, or paths in /proc, without which it is passed over.
    """

    exercise: str
    kind: str
    name: str
    seed: int
    commands: tuple[script.Command, ...] = ()
    expect: tuple[str, ...] = ()
    path: str = ""
    needs: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its name among all runs."""
        return "/".join(filter(None, (self.exercise, self.kind, self.name)))

    @property
    def again(self) -> str:
        """The command that repeats it."""
        which = "/".join(filter(None, (self.kind, self.name)))
        seed = "" if self.kind == "texts" else f" --seed {self.seed}"
        return f"nsnet lab verify {self.exercise} -k {which}{seed}"


def runs(exercises: Iterable[Exercise], wanted: Sequence[str], seed: int | None) -> list[Run]:
    """The runs of these exercises; `wanted` are kinds, or KIND/NAME for one of them. Each draws
    its values anew, unless `seed` says which. Where a script cannot be read, the run that is left
    is the one that says so."""
    kinds = {each.partition("/")[0] for each in wanted}
    found: list[Run] = []
    for exercise in exercises:
        try:
            all_of_it = list(_of(exercise, kinds, seed))
        except BadExercise:
            found.append(Run(exercise.id, "texts", "", seed or 0))
            continue
        found += [x for x in all_of_it if not {x.kind, f"{x.kind}/{x.name}"}.isdisjoint(wanted)]
    return found


def sample(found: Sequence[Run], number: int, parts: int) -> list[Run]:
    """The share `number` (from 1) of `parts`; all the shares together are all runs. What is quick
    is in each of them."""
    kept = []
    place = 0
    for run in found:
        place += run.kind in SAMPLED
        if run.kind not in SAMPLED or place % parts == number % parts:
            kept.append(run)
    return kept


def _of(exercise: Exercise, kinds: set[str], seed: int | None) -> Iterator[Run]:
    def run(kind: str, name: str = "", **more: object) -> Run:
        chosen = random.randrange(_SEEDS) if seed is None else seed
        return Run(exercise.id, kind, name, chosen, **more)  # type: ignore[arg-type]

    for kind in ("texts", "untouched"):
        if kind in kinds:
            yield run(kind)
    if not kinds.difference(("texts", "untouched")):
        return
    solution = script.solution(exercise.folder)
    for kind, name in (("solution", ""), ("residue", "sandbox"), ("residue", "host")):
        if kind in kinds:
            yield run(kind, name, commands=solution.commands, path=solution.path)
    if "broken" in kinds:
        for path in exercise.scripts("broken"):
            one = script.broken(path, solution)
            yield run(
                "broken",
                one.name,
                commands=one.commands,
                expect=(one.expect,),
                path=path,
                needs=one.needs,
            )
    if "also" in kinds:
        for path in exercise.scripts("also"):
            one = script.whole(script.read(path), solution)
            yield run("also", one.name, commands=one.commands, path=path, needs=one.needs)
    if "without" in kinds:
        for place, left_out in enumerate(solution.commands):
            commands = solution.commands[:place] + solution.commands[place + 1 :]
            where = f"{solution.path}:{left_out.line}"
            name = f"line-{left_out.line}"
            yield run("without", name, commands=commands, expect=left_out.without, path=where)
