"""Every kernel test gets a machine of its own and has to leave it as it found it."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests import support

_PR_SET_CHILD_SUBREAPER = 36


#: A shell's & and nohup have these ignored, which everything below would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _may_change_networks() -> bool:
    with open("/proc/self/status") as file:
        line = next(x for x in file if x.startswith("CapEff"))
    return bool(int(line.split()[1], 16) >> 21 & 1)


@pytest.fixture
def host() -> Iterator[None]:
    """A fresh host; afterwards nothing may be left: links, namespaces, rules, settings,
    mounts, processes, open files."""
    if not _may_change_networks():
        pytest.skip("needs root or a user namespace (./scripts/test gives one)")
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    gc.collect()
    files = support.descriptors()
    with support.fresh_host():
        mounts = _mounts()
        before = support.picture()
        yield
        left = support.differences(before, support.picture())
        left += [f"mount {m}" for m in _mounts() if m not in mounts]
        left += [f"file {f}" for f in _state_files()]
    left += [f"process {pid}: {_command(pid)}" for pid in support.children(wait=2)]
    _end(support.children(wait=0) if left else [])
    gc.collect()
    now = support.descriptors()
    left += [f"open file {f}" for f in now if now.count(f) > files.count(f)]
    assert not left, "left behind:\n" + "\n".join(text[:160] for text in left[:12])


def _end(pids: list[int]) -> None:
    """Kill them for good, with all below them: the resolver's two processes would start each
    other again."""
    family = [each for pid in pids for each in _below(pid)]
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _below(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            found = file.read().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in found for each in _below(int(child)))]


def _mounts() -> list[str]:
    with open("/proc/thread-self/mounts") as file:
        return [line.split()[1] for line in file]


def _state_files() -> list[str]:
    return os.listdir("/run/nsnet") if os.path.isdir("/run/nsnet") else []


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().replace("\0", " ")
    except OSError:
        return "?"
