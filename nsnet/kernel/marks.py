"""Processes found again by a mark that they were started with: a word of their environment.

It needs no file that could be lost: the kernel keeps what a program was started with, for as long
as it runs (/proc/PID/environ, proc(5)).
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from .proc import pids, stat
from .process import Process, start_time

#: The word in a keeper's environment that has its name.
KEEPER = "NSNET_KEEPER"


def marked(word: bytes) -> list[tuple[Process, dict[bytes, bytes]]]:
    """All processes that were started with `word` (``KEY=value``) in their environment, by
    pid, each with that environment."""
    found = []
    for pid in sorted(pids()):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if word in words and pid != os.getpid():
            pairs = (each.partition(b"=") for each in words)
            found.append((Process(pid, start_time(pid)), {key: value for key, _, value in pairs}))
    return found


def end_named(name: str) -> None:
    """Kill every keeper of this name (/proc/PID/comm, or the word `KEEPER` in its environment
    while its interpreter starts), those that it has just forked, and what it runs after a
    command, until there is none."""
    word = f"{KEEPER}={name}".encode()
    while found := {
        *(pid for pid in pids() if _comm(pid) == name and pid != os.getpid()),
        *(each.pid for each, _ in marked(word) if each.alive),
    }:
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)


def _comm(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm") as file:
            name = file.read().rstrip("\n")
    except OSError:
        return ""
    return name if stat(pid)[0] not in "ZX" else ""
