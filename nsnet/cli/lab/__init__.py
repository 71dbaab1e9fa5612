"""``nsnet lab``: exercises that are built by hand, and judged by the kernel."""

from __future__ import annotations

import click

from ..lazy import Lazy, LazyGroup

#: Other words for the same.
_ALIASES = {"ls": "list", "end": "stop"}


@click.group(
    cls=LazyGroup,
    aliases=_ALIASES,
    sections={
        "Choose": {
            "list": Lazy("lab.list:listing", "List the exercises, and which are solved."),
            "show": Lazy("lab.show:show", "Read an exercise's task without starting it."),
            "start": Lazy("lab.start:start", "Prepare an exercise and open its shell."),
            "next": Lazy("lab.start:following", "Go on: the next exercise that is not solved."),
        },
        "Work": {
            "task": Lazy("lab.show:task", "Read the task again."),
            "check": Lazy("lab.check:check", "Is it done? If not, what did the packet meet?"),
            "watch": Lazy("lab.watch:watch", "Check again whenever something changes."),
            "hint": Lazy("lab.hint:hint", "Be told a little more about what is wrong."),
            "predict": Lazy("lab.predict:predict", "Say what will happen, before you build it."),
            "answer": Lazy("lab.answer:answer", "Answer the questions of an exercise."),
            "solution": Lazy("lab.solution:solution", "See a solution, when yours passes."),
            "shell": Lazy("lab.shell:shell", "Open the shell of the exercise again."),
            "status": Lazy("lab.status:status", "What is under work, and how far it is."),
        },
        "End": {
            "reset": Lazy("lab.start:reset", "Begin the exercise anew."),
            "stop": Lazy("lab.stop:stop", "End it; nothing is left but your progress."),
        },
        "Teach": {
            "export": Lazy("lab.export:export", "Your results, to hand in."),
            "new": Lazy("lab.new:new", "Begin to write an exercise."),
            "verify": Lazy("lab.verify:verify", "Prove that exercises are sound."),
        },
    },
    examples=(
        ("nsnet lab start", "the first exercise; its shell opens"),
        ("nsnet lab check", "is it done?"),
        ("nsnet lab hint", "a little more, each time"),
        ("nsnet lab next", "go on with the next one"),
    ),
)
def lab() -> None:
    """Exercises: build Docker's networks by hand; the kernel is the judge.

    An exercise is under work in a sandbox, as root of a machine of your own: nothing there can
    harm this one. What is solved stays solved.
    """
