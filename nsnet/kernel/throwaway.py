"""Machines of namespaces for one piece of work: made, used and gone, with everything in them.

A named sandbox waits for its users; a throw-away machine ends with its work, or with us. Several
can be at work at once, each seeing only itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from select import POLLIN, poll
from typing import NoReturn

from ..value import Value
from .mounts import cover_tmp
from .syscalls import PR_SET_PDEATHSIG, prctl
from .userns import fork_machine

#: What stands before the answer: it is the work's, or it tells why there is none.
_ANSWER, _TROUBLE = b"+", b"-"


class Machine(Value):
    """A machine at work. `pid` is the process outside that waits for it, `answer` the file that
    its answer comes by, `until` the end of its time (`time.monotonic`)."""

    pid: int
    answer: int
    until: float


class Ended(Value):
    """What came of it: the bytes that the work gave, or None and why there are none."""

    answer: bytes | None
    trouble: str = ""


def begin(work: Callable[[], bytes], limit: float) -> Machine:
    """Make a machine and do `work` in it, in a fork of this process without a terminal. It has
    `limit` seconds; read the answer with `end`, soon, for it waits for whoever reads it."""
    hear, tell = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _outside(work, tell)
    os.close(tell)
    return Machine(pid, hear, time.monotonic() + limit)


def end(machine: Machine) -> Ended:
    """Wait for its answer and its end; then nothing of it is left."""
    pieces: list[bytes] = []
    asking = poll()
    asking.register(machine.answer, POLLIN)
    late = False
    while not late:
        left = machine.until - time.monotonic()
        late = not asking.poll(max(0, 1000 * left))
        piece = b"" if late else os.read(machine.answer, 1 << 16)
        if not piece:
            break
        pieces.append(piece)
    os.close(machine.answer)
    stop(machine)
    said = b"".join(pieces)
    if late:
        return Ended(None, "it took too long and was ended")
    if said[:1] == _ANSWER:
        return Ended(said[1:])
    return Ended(None, said[1:].decode(errors="replace") or "its process was killed")


def stop(machine: Machine) -> None:
    """End it now, with everything in it."""
    with suppress(ProcessLookupError):
        os.kill(machine.pid, signal.SIGTERM)
    with suppress(ChildProcessError):
        os.waitpid(machine.pid, 0)


def _outside(work: Callable[[], bytes], tell: int) -> NoReturn:
    """The process that stays outside. Its end is that of the machine, and the other way round."""
    try:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for fd in range(3):
            os.dup2(null, fd)
        first = fork_machine(lambda: _first(work, tell))
        os.close(tell)
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        signal.signal(signal.SIGTERM, lambda *_: os.kill(first, signal.SIGKILL))
        with suppress(ChildProcessError):
            os.waitpid(first, 0)
    except BaseException as error:
        with suppress(OSError):
            os.write(tell, _TROUBLE + str(error).encode())
    os._exit(0)


def _first(work: Callable[[], bytes], tell: int) -> NoReturn:
    """Pid 1 of the machine: buries whoever ends, until the work has ended."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    cover_tmp()
    worker = os.fork()
    if worker == 0:
        _answer(work, tell)
    os.close(tell)
    while os.wait()[0] != worker:
        pass
    os._exit(0)


def _answer(work: Callable[[], bytes], tell: int) -> NoReturn:
    try:
        said = _ANSWER + work()
    except BaseException:
        said = _TROUBLE + traceback.format_exc().encode()
    with open(tell, "wb") as file:
        file.write(said)
    os._exit(0)
