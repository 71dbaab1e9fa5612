"""What `nsnet lab watch` shows, and what its keys do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from ..output import say
from .common import say_result
from .ending import note, say_passed

if TYPE_CHECKING:
    from ...kernel.keyboard import Keyboard
    from ...labs.attempt import Attempt
    from ...labs.exercise import Exercise
    from ...labs.grade import Result
    from ...labs.situation import Situation


class Replaced(Exception):
    """The exercise was begun anew, or another one, while we watched."""


def unheard() -> object:
    """What is polled: what the kernel has no event for, and the learner's answers."""
    from ...kernel.changes import unheard as kernel
    from ...labs import attempt

    now = attempt.load()
    return kernel.unheard(), now and (now.started, now.answers)


class Watching:
    """The `Show` of the loop. `wanted` is what is to be done when it has ended: "", ``next`` or
    ``reset``."""

    def __init__(
        self, ctx: click.Context, attempt: Attempt, one: Exercise, lang: str, keyboard: Keyboard
    ) -> None:
        self.wanted = ""
        self._ctx, self._attempt, self._one = ctx, attempt, one
        self._lang, self._keyboard = lang, keyboard
        self._sure = False
        self._results: list[Result] = []
        self.keys: dict[str, Callable[[], bool]] = {
            "h": self._hint,
            "t": self._task,
            "p": self._predict,
            "s": self._status,
            "n": self._next,
            "x": self._reset,
            "y": self._yes,
            "q": lambda: True,
            "?": self._help,
        }

    # --- checking

    def check(self) -> Iterator[Result]:
        """One check, and what follows from it."""
        from ...kernel.stack import Stack
        from ...labs import attempt as attempts
        from ...labs import grade
        from ...labs.situation import Situation

        now = attempts.load()
        if now is None or now.started != self._attempt.started:
            raise Replaced
        self._attempt, self._results = now, []
        values = now.values(self._one)
        look = (self._one, values, now.answers, now.started, self._lang)
        with Stack() as stack, Situation(stack, *look) as at:
            for result in grade.grade(at):
                self._results.append(result)
                yield result
            self._note(at)

    def _note(self, at: Situation) -> None:
        from ...labs import progress

        note(self._one, self._results, self._attempt, self._lang, counts=False)
        if self._passed():
            say("")
            say_passed(at, self._one, progress.note_passed(self._one), self._lang)

    # --- what is shown

    def begin(self, kinds: set[str]) -> None:
        """On a terminal, a check has a screen of its own."""
        from ...show import paint

        self._sure = False
        click.clear()
        parts = [self._one.id, time.strftime("%H:%M:%S")]
        if kinds:
            from ...labs.words import of_kinds

            parts.append(self._word("changed", kinds=of_kinds(kinds, self._lang)))
        say(paint.heading(" · ".join(parts)))

    def result(self, result: Result) -> None:
        """As `nsnet lab check` shows it."""
        say_result(result, self._lang)

    def end(self) -> None:
        """The keys, where there are some."""
        if self._keyboard.terminal:
            from ...show import paint

            keys = self._word("keys")
            if self._passed():
                keys = f"{self._word('next_key')} · {keys}"
            say(f"\n{paint.faint(keys)}")

    # --- keys

    def _hint(self) -> bool:
        from .hint import hint

        return self._run(hint)

    def _task(self) -> bool:
        from .show import task

        return self._run(task)

    def _status(self) -> bool:
        from .status import status

        return self._run(status)

    def _predict(self) -> bool:
        from .predict import predict

        self._run(predict)
        if self._one.predict and self._keyboard.terminal and self._attempt.predicted is None:
            with self._keyboard.lines():
                text = click.prompt(self._word("number"), "", prompt_suffix="", show_default=False)
            if text.strip().isdecimal():
                self._run(predict, number=int(text))
        return False

    def _run(self, command: click.Command, **given: object) -> bool:
        """Another command of `nsnet lab`; an error of it is no reason to end."""
        from ...kernel.errors import KernelError

        self._sure = False
        say("")
        try:
            self._ctx.invoke(command, lang=self._lang, **given)
        except KernelError as error:
            say(str(error))
        return False

    def _next(self) -> bool:
        self._sure = False
        if not (self._attempt.passed or self._passed()):
            say(f"\n{self._word('unsolved')}")
            return False
        self.wanted = "next"
        return True

    def _reset(self) -> bool:
        self._sure = True
        say(f"\n{self._word('sure')}")
        return False

    def _yes(self) -> bool:
        self.wanted = "reset" if self._sure else ""
        return self._sure

    def _help(self) -> bool:
        self._sure = False
        say(f"\n{self._word('help')}")
        return False

    def _passed(self) -> bool:
        return bool(self._results) and all(each.passed for each in self._results)

    def _word(self, key: str, **blanks: str) -> str:
        from ...labs.words import word

        return word(key, self._lang, **blanks)
