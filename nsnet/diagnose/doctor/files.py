"""Files and folders: the records, the settings, the containers' files."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...topology import config
from ...topology.model import TopologyError
from .finding import BROKEN, NOTE, OK, WARNING, Finding
from .machine import Machine
from .rights import may_write


def check(machine: Machine) -> Iterator[Finding]:
    """Where nsnet reads and writes."""
    yield from _settings()
    yield _run(machine)
    if machine.root and not may_write("/etc/netns"):
        yield Finding(
            NOTE,
            "etc-netns",
            "/etc/netns cannot be written",
            "`ip netns exec` does not find containers by name (`nsnet exec` does)",
        )


def _settings() -> Iterator[Finding]:
    path = os.environ.get(config.VARIABLE) or config.PATH
    try:
        config.load()
    except TopologyError as error:
        for line in str(error).splitlines():
            breaks = "no network can be made until it is put right"
            yield Finding(BROKEN, "config", line.strip(), breaks, (f"sudo editor {path}",))
        return
    there = "is in order" if os.path.exists(path) else "is not there: all is as in Docker"
    yield Finding(OK, "config", f"{path} {there}")


def _run(machine: Machine) -> Finding:
    kind = file_system(machine.text("/proc/self/mounts"), "/run/nsnet")
    if kind in ("tmpfs", "ramfs", ""):
        return Finding(OK, "run", "/run is in memory: records go with a reboot, as networks do")
    return Finding(
        WARNING,
        "run",
        f"/run is on {kind}, not on a tmpfs",
        "after a reboot, nsnet believes that networks are up which have gone",
        ("nsnet clean",),
    )


def file_system(mounts: str, path: str) -> str:
    """The kind of file system that `path` is on, of the lines of /proc/self/mounts (proc(5))."""
    best = ("", "")
    for line in mounts.splitlines():
        _, point, kind, *_ = line.split()
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]
