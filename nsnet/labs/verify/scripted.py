"""Carrying out commands by one shell, and noticing the one that hangs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from select import poll

from ...kernel.errors import KernelError
from ...value import Value
from ..script import Command

#: Seconds that a command may take.
PATIENCE = 20.0


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
        path = os.path.join(folder, "script")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(map(_told, commands)))
        with open(os.path.join(folder, "output"), "w+b") as output:
            statuses = _run(path, output.fileno(), env, commands, patience)
            output.seek(0)
            said = output.read().decode(errors="replace")
    pairs = zip(commands, statuses, strict=False)
    return Played(tuple(Done(command, status) for command, status in pairs), said)


def _told(command: Command) -> str:
    """A command that tells its status on fd 9, which it does not itself see."""
    return f"{{\n{command.text}\n}} 9>&-\necho $? >&9\n"


def _run(
    path: str, output: int, env: Mapping[str, str], commands: Sequence[Command], patience: float
) -> list[int]:
    hear, tell = os.pipe()
    shell = shutil.which("bash") or "sh"
    words = [shell, "-c", f"exec 9>&{tell} {tell}>&-; . {path}"]
    started = subprocess.Popen(
        words,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=(tell,),
        start_new_session=True,
    )
    os.close(tell)
    try:
        return _statuses(hear, len(commands), commands, patience)
    finally:
        os.close(hear)
        if started.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                started.wait(0.5)
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _statuses(hear: int, count: int, commands: Sequence[Command], patience: float) -> list[int]:
    """What is told on the pipe, line by line; the clock starts anew with each."""
    asking, said = poll(), b""
    asking.register(hear)
    while said.count(b"\n") < count:
        begun = time.monotonic()
        if not asking.poll(1000 * patience):
            hung = commands[said.count(b"\n")]
            why = f"it has not ended after {time.monotonic() - begun:.0f} s"
            raise Hung(f"line {hung.line}: {hung.brief}", why)
        piece = os.read(hear, 4096)
        if not piece:
            break
        said += piece
    return [int(word) for word in said.split()]
