"""Where an exercise is under work: in the sandbox ``lab``, or on the machine itself."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from ..engine import inside as engine_inside
from ..engine import outside
from ..engine.host import require_rights
from ..kernel import files, launch, netns, sandbox
from ..kernel.errors import KernelError, NotFound, PreconditionError
from ..kernel.sandbox import Sandbox
from ..kernel.terminal import attend, held_back
from . import attempt as attempts
from . import baseline, data, library
from .attempt import Attempt
from .baseline import PLACE
from .exercise import Exercise

T = TypeVar("T")

#: The id of the exercise, in the environment of its shell.
INSIDE = "NSNET_LAB"
#: The sandbox's name.
NAME = "lab"
#: In the sandbox alone (its /run is its own): the id of the exercise.
_MARK = f"{PLACE}/sandbox"


class Gone(NotFound):
    """The exercise is remembered, but its scene is not there any more."""


def here() -> bool:
    """Are we in the lab's sandbox?"""
    return os.path.exists(_MARK)


def start(exercise: Exercise, seed: int, host: bool = False) -> Attempt:
    """End what is under work and put up the scene of `exercise`. With `host`, on the machine itself
    (for one that is there to be played with); how it was is recorded before.

    Raises `PreconditionError` without the rights for it, `KernelError` if the scene cannot be put
    up; nothing is left of it then.
    """
    _not_here()
    with data.locked(".session"):
        _end()
        try:
            attempt = attempts.begun(exercise, seed, "host" if host else "sandbox")
            if host:
                baseline.record()
                _prepare(exercise, attempt)
            else:
                box = sandbox.ensure(NAME)
                _forked(box, lambda: _prepare(exercise, attempt), _world(exercise))
            attempts.save(attempt)
        except BaseException:
            _end()
            raise
    return attempt


def _world(exercise: Exercise) -> bool:
    return bool(exercise.scene.get("outside", True))


def _prepare(exercise: Exercise, attempt: Attempt) -> None:
    from .scene import put_up

    os.environ["PATH"] = launch.search_path()
    if attempt.where == "sandbox":
        engine_inside.keep()
        files.write(_MARK, exercise.id)
    elif _world(exercise):
        outside.ensure(only_way_out=False)
    put_up(exercise, attempt.values(exercise))


def alive(attempt: Attempt) -> bool:
    """Is its scene there?"""
    if attempt.where == "host":
        return os.path.exists(PLACE)
    return here() or sandbox.find(NAME) is not None


def inside(work: Callable[[], T]) -> T:
    """Do `work` where the exercise is, on its host, and hand back what it returns or raises (it
    has to be picklable). In the sandbox that is a child's doing: what `work` changes in memory is
    not seen here.

    Raises `NotFound` if nothing is under work, `Gone` if its scene is not there any more.
    """
    data.pin()
    library.pin()
    attempt = attempts.require()
    if attempt.where == "host":
        before = baseline.load()
        if before is not None:
            baseline.go_home(before)
        elif not os.environ.get(INSIDE):  # in the shell of one whose scene others have put up
            raise _gone(attempt)
        require_rights()
        return work()
    if here():
        if netns.inode_at(netns.FIRST) != netns.inode():  # ip netns exec c1 nsnet lab check
            netns.enter_at(netns.FIRST)
        return work()
    box = sandbox.find(NAME)
    if box is None:
        raise _gone(attempt)
    result: T = _forked(box, work, False)
    return result


def _gone(attempt: Attempt) -> KernelError:
    if attempt.where == "sandbox" and attempt.user != os.geteuid():
        who = "root" if attempt.user == 0 else f"user {attempt.user}"
        how = "run it with sudo" if attempt.user == 0 else "run it without sudo"
        return PreconditionError(f"{attempt.exercise} is under work as {who}", how)
    why = "the machine was started anew, or its sandbox was ended"
    return Gone(f"the scene of {attempt.exercise} is gone", why, "nsnet lab reset")


def end() -> None:
    """End what is under work: nothing is left of it but the progress. No error if nothing is."""
    _not_here()
    with data.locked(".session"):
        _end()


def leftovers() -> list[str]:
    """What `end` would do, in words."""
    before = baseline.load()
    if before is not None:
        baseline.go_home(before)
        return baseline.changes(before)
    box = None if here() else sandbox.find(NAME)
    return [f"end the sandbox {NAME}, with everything in it"] if box or here() else []


def _not_here() -> None:
    data.pin()
    library.pin()
    if here():
        raise KernelError("this cannot be done in the lab's sandbox", "leave it first", "exit")


def _end() -> None:
    before = baseline.load()
    if before is not None:
        baseline.restore(before)
    if sandbox.find(NAME) is not None:
        sandbox.stop(NAME)
    attempts.drop()


def _forked(box: Sandbox, work: Callable[[], Any], world: bool) -> Any:
    """Do `work` in a child in the sandbox. Its result comes back in a file: a pipe would have to be
    read while we wait for it as a shell does."""
    told = os.memfd_create("nsnet-lab")
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        with held_back() as release:  # a Ctrl-C is the child's; before it is there, it waits
            child = os.fork()
            if child == 0:
                _child(box, work, world, told, release)
            attend(child, release)
        os.lseek(told, 0, os.SEEK_SET)
        with open(told, "rb", closefd=False) as file:
            text = file.read()
    finally:
        os.close(told)
    if not text:
        why = "its sandbox has ended, or the process in there was killed"
        raise KernelError("the exercise was left early", why, "nsnet lab status")
    well, result = pickle.loads(text)
    if not well:
        raise result
    return result


def _child(
    box: Sandbox, work: Callable[[], Any], world: bool, told: int, release: Callable[[], None]
) -> NoReturn:
    """Nothing of the parent's runs here when the work is done, whatever happens."""
    try:
        try:
            release()
            engine_inside.enter(box, world)
            text = pickle.dumps((True, work()))
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException as error:
            text = pickle.dumps((False, _portable(error)))
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
        os.write(told, text)
    finally:
        os._exit(0)


def _portable(error: BaseException) -> BaseException:
    """The error, or one that says the same: not everything in one can be handed to another
    process, and some want to be made with more words than they keep."""
    try:
        copy = pickle.loads(pickle.dumps(error))
        if str(copy) == str(error):
            return error
    except Exception:
        pass
    if not hasattr(error, "exit_code"):
        return RuntimeError(f"{type(error).__name__}: {error}")
    plain = KernelError(" ".join(str(error).split()))
    plain.exit_code = error.exit_code
    return plain
