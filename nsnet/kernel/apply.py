"""The netlink executor: turns a plan into few, large requests, and says which step failed.

It knows nothing of what the steps are for. A step is anything with a `phase` (a number that
never falls along a plan) and an `apply(stack)`, which queues netlink messages, collects
nftables text or acts at once, through the methods of `Stack`. Queues go out when the phase
changes; everything one phase says about one namespace travels in one send.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence

from .errors import KernelError
from .stack import Stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Applicable(Protocol):
        """What the executor needs to know of a step."""

        @property
        def phase(self) -> int:
            """Steps of one phase may be sent together."""

        @property
        def token(self) -> object:
            """What it queues its requests with."""

        @property
        def forgiving(self) -> bool:
            """Is it no failure if its object is gone already?"""

        def begin(self, stack: Stack, plan: Sequence[Any]) -> None:
            """Begin it before all others: what takes long, and can go on beside them."""

        def apply(self, stack: Stack) -> None:
            """Do it, or queue it."""


#: What "it is gone already" looks like.
_GONE = frozenset((errno.ENOENT, errno.ENODEV, errno.ESRCH, errno.EADDRNOTAVAIL))


class StepFailed(KernelError):
    """A step that the kernel refused. `done` are the steps that did happen, in order."""

    def __init__(self, step: Any, why: str, code: int, done: Sequence[Any]) -> None:
        super().__init__(f"cannot {getattr(step, 'what', step)}", why, getattr(step, "see", ""))
        self.step, self.errno, self.done = step, code, tuple(done)
        if code == errno.EOPNOTSUPP:
            self.exit_code = 4


class Stopped(KernelError):
    """The user asked to stop between two phases."""

    exit_code = 130

    def __init__(self, done: Sequence[Any]) -> None:
        super().__init__("interrupted")
        self.done = tuple(done)


def apply(
    stack: Stack,
    steps: Sequence[Applicable],
    *,
    progress: Callable[[int, int], None] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Apply `steps` in order.

    `progress` is told (steps done, steps in all) now and then; `stopping` is asked between
    phases and namespaces. Raises `StepFailed` or `Stopped`, each with the steps that did
    happen; the caller rolls those back.
    """
    done: list[Applicable] = []
    try:
        for step in steps:
            step.begin(stack, steps)
        _apply(stack, steps, done, progress, stopping)
    finally:
        refused = stack.conclude()
    for step, code, text in refused:
        raise StepFailed(step, text, code, [each for each in done if each.token is not step])
    if progress:
        progress(len(steps), len(steps))


def _apply(
    stack: Stack,
    steps: Sequence[Applicable],
    done: list[Applicable],
    progress: Callable[[int, int], None] | None,
    stopping: Callable[[], bool],
) -> None:
    waiting: list[Applicable] = []
    phase = -1
    for number, step in enumerate(steps):
        turn = step.phase != phase
        if turn:
            _settle(stack, waiting, done)
            phase = step.phase
        if turn or not number & 31:
            if stopping():
                _settle(stack, waiting, done)
                raise Stopped(done)
            if progress:
                progress(number, len(steps))
        try:
            step.apply(stack)
        except (OSError, KernelError) as error:
            if step.forgiving and getattr(error, "errno", 0) in _GONE:
                continue
            _settle(stack, waiting, done)
            raise StepFailed(step, _reason(error), getattr(error, "errno", 0), done) from error
        waiting.append(step)
    _settle(stack, waiting, done)
    if stopping():
        raise Stopped(done)


def undo_all(stack: Stack, steps: Sequence[Applicable]) -> list[StepFailed]:
    """Apply every step of a tear-down, whatever happens to the others. What is gone already
    is no failure. Returns the failures."""
    failures: list[StepFailed] = []
    phase = -1
    for step in steps:
        if step.phase != phase:
            failures += _settle_all(stack)
            phase = step.phase
        try:
            step.apply(stack)
        except OSError as error:
            if error.errno not in _GONE:
                failures.append(StepFailed(step, _reason(error), error.errno or 0, ()))
        except KernelError as error:
            failures.append(StepFailed(step, _reason(error), 0, ()))
    failures += _settle_all(stack)
    return failures + [StepFailed(each, text, code, ()) for each, code, text in stack.conclude()]


def _settle_all(stack: Stack) -> list[StepFailed]:
    failures = []
    for step, code, text in stack.flush(singly=True):
        if code in _GONE or "No such file" in text:
            continue
        if not code and not text:
            continue  # refused only because it travelled with one that was
        failures.append(StepFailed(step, text or _words(code), code, ()))
    return failures


def _settle(stack: Stack, waiting: list[Applicable], done: list[Applicable]) -> None:
    """Flush; move what succeeded from `waiting` to `done`, and raise if something did not."""
    owners = {id(step.token): step for step in waiting}
    refused = [
        (owners.get(id(token), token), code, text)
        for token, code, text in stack.flush()
        if code not in _GONE or not owners[id(token)].forgiving
    ]
    bad = {id(step) for step, _, _ in refused}
    done += [step for step in waiting if id(step) not in bad]
    waiting.clear()
    if refused:
        step, code, text = next((each for each in refused if each[1] or each[2]), refused[0])
        cause = stack.causes.pop(getattr(step, "container", ""), None)  # with its own exit code
        raise StepFailed(step, text or _words(code), code, done) from cause


def _reason(error: OSError | KernelError) -> str:
    if isinstance(error, KernelError):
        return error.why or error.what
    return _words(error.errno or 0)


def _words(code: int) -> str:
    if code == errno.EOPNOTSUPP:
        return "this kernel lacks the feature (Operation not supported)"
    return os.strerror(code)
