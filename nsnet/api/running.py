"""Our side of a command: feed it, listen to it, and end it when its time is up."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from select import POLLIN, poll
from types import MappingProxyType

from ..kernel.helper import Helper
from ..value import Value
from .machine import Machine, ask
from .unbroken import unbroken

_CHUNK = 1 << 16


class Order(Value):
    """What is to be run: where, which words, with what on its standard input. `timeout` in
    seconds, None for as long as it takes."""

    place: str
    argv: tuple[str, ...]
    input: bytes = b""
    timeout: float | None = None
    env: Mapping[str, str] = MappingProxyType({})
    cwd: str = ""


class Outcome(Value):
    """What came of it. `late`: it was killed, since its time was up."""

    stdout: bytes
    stderr: bytes
    status: int
    late: bool = False


def run(machine: Machine, order: Order) -> Outcome:
    """Run a command to its end. Its output is what it has written until then: a command that
    it left in the background does not hold us up. After Ctrl-C it is killed."""
    return unbroken(lambda stop: _run(machine.helper(), order, stop))


def _run(helper: Helper, order: Order, stop: int) -> Outcome:
    with ExitStack() as files:
        with ExitStack() as theirs:
            stdin = _opened(theirs, _input(order.input))
            ears, mouths = _pipes(files, theirs)
            words: dict[str, object] = {"place": order.place, "argv": order.argv, "cwd": order.cwd}
            words["env"] = dict(order.env)
            pid, (handle,) = ask(helper, "start", words, (stdin, *mouths))
        _opened(files, handle)
        heard = {fd: bytearray() for fd in ears}
        in_time = _listen(heard, handle, stop, order.timeout)
        status, _ = ask(helper, "finish", {"pid": pid, "kill": not in_time})
        for fd, data in heard.items():
            _hear(fd, data)
    stdout, stderr = (bytes(data) for data in heard.values())
    return Outcome(stdout, stderr, status, late=not in_time)


def _input(data: bytes) -> int:
    """An open file that has `data`: the whole of it at once, so that nobody has to wait for
    the command to read."""
    if not data:
        return os.open("/dev/null", os.O_RDONLY)
    fd = os.memfd_create("stdin")
    with open(os.dup(fd), "wb") as file:
        file.write(data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _opened(files: ExitStack, fd: int) -> int:
    """`fd`, to be closed with `files`."""
    files.callback(os.close, fd)
    return fd


def _pipes(ours: ExitStack, theirs: ExitStack) -> tuple[list[int], list[int]]:
    """Two pipes for output: our ends and theirs."""
    ears, mouths = [], []
    for _ in range(2):
        hear, say = os.pipe()
        os.set_blocking(hear, False)
        ears.append(_opened(ours, hear))
        mouths.append(_opened(theirs, say))
    return ears, mouths


def _listen(heard: dict[int, bytearray], handle: int, stop: int, timeout: float | None) -> bool:
    """Collect output until the command ends: True; or until its time is up, or ours."""
    limit = None if timeout is None else time.monotonic() + timeout
    poller = poll()
    for fd in (*heard, handle, stop):
        poller.register(fd, POLLIN)
    while True:
        pause = None if limit is None else max(0.0, limit - time.monotonic()) * 1000
        ready = {fd for fd, _ in poller.poll(pause)}
        if handle in ready:
            return True
        if stop in ready or (limit is not None and time.monotonic() >= limit):
            return False
        for fd in ready:
            if not _hear(fd, heard[fd]):
                poller.unregister(fd)


def _hear(fd: int, data: bytearray) -> bool:
    """Take what has been written; False at its end."""
    with suppress(BlockingIOError):
        while part := os.read(fd, _CHUNK):
            data += part
        return False
    return True
