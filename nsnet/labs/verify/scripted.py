"""Carrying out commands by one shell, and noticing the one that hangs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from select import POLLIN, poll

from ...kernel.errors import KernelError
from ...kernel.proc import activity
from ...value import Value
from ..script import Command

#: Seconds that a command may take.
PATIENCE = 20.0
#: How many looks in a row at what runs in the background must find it as it was.
_QUIET = 6


class Hung(KernelError):
    """A command that did not end in time."""


class Done(Value):
    """A command that was carried out."""

    command: Command
    status: int


class Played(Value):
    """What came of a script: each command's status, and all that they printed."""

    done: tuple[Done, ...]
    output: str

    @property
    def failed(self) -> list[Done]:
        """The commands that failed."""
        return [each for each in self.done if each.status]


def play(commands: Sequence[Command], env: Mapping[str, str], patience: float = PATIENCE) -> Played:
    """Carry out the commands, one after the other, whatever becomes of each. Raises `Hung`."""
    with tempfile.TemporaryDirectory(prefix="nsnet-verify-") as folder:
        told = os.path.join(folder, "told")
        os.mkfifo(told)
        path = os.path.join(folder, "script")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(f"{{\n{each.text}\n}}\necho $? >{told}\n" for each in commands))
        hear = os.open(told, os.O_RDWR | os.O_CLOEXEC)  # Writing too: so it never ends by itself.
        try:
            with open(os.path.join(folder, "output"), "w+b") as output:
                statuses = _run(path, output.fileno(), hear, env, commands, patience)
                output.seek(0)
                said = output.read().decode(errors="replace")
        finally:
            os.close(hear)
    pairs = zip(commands, statuses, strict=False)
    return Played(tuple(Done(command, status) for command, status in pairs), said)


def _run(
    path: str,
    output: int,
    hear: int,
    env: Mapping[str, str],
    commands: Sequence[Command],
    patience: float,
) -> list[int]:
    started = subprocess.Popen(
        [shutil.which("bash") or "sh", path],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
    handle = os.pidfd_open(started.pid)
    try:
        statuses = _statuses(hear, handle, commands, patience)
        _settled(started.pid)
        return statuses
    finally:
        os.close(handle)
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _settled(session: int) -> None:
    """What was left running with & has begun to wait: a server listens by then, however long its
    interpreter took to start on a machine that has much to do."""
    limit = time.monotonic() + PATIENCE
    quiet, before = 0, None
    while quiet < _QUIET and time.monotonic() < limit:
        now = activity(session)
        quiet = quiet + 1 if now is not None and now == before else 0
        before = now
        time.sleep(0.005)


def _statuses(hear: int, handle: int, commands: Sequence[Command], patience: float) -> list[int]:
    """What is told, line by line, until the shell has ended; the clock starts anew with each."""
    asking, said = poll(), b""
    asking.register(hear, POLLIN)
    asking.register(handle, POLLIN)
    while True:
        ready = [fd for fd, _ in asking.poll(1000 * patience)]
        if hear in ready:
            said += os.read(hear, 4096)
        elif ready:
            return [int(word) for word in said.split()]
        else:
            hung = commands[min(said.count(b"\n"), len(commands) - 1)]
            why = f"it has not ended after {patience:.0f} s"
            raise Hung(f"line {hung.line}: {hung.brief}", why)
