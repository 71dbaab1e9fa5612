"""What was started for a host, found again by its mark: records may be lost, processes are not."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..kernel.marks import marked
from ..kernel.process import Process, is_init
from ..plan.steps.process import StartProcess


def started(folder: str) -> list[tuple[Process, dict[bytes, bytes]]]:
    """The processes of the containers of the host with this folder, and its resolver's two, each
    with its environment."""
    return marked(f"NSNET_HOST={os.path.basename(folder)}".encode())


def by_container(folder: str, lost: Mapping[str, StartProcess]) -> dict[str, Process]:
    """Of each container in `lost` the process that is running; of several, the first one of its
    pid namespace."""
    found: dict[str, Process] = {}
    for process, env in started(folder):
        name = env.get(b"NSNET_CONTAINER", b"").decode()
        if name in lost and (name not in found or is_init(process.pid)):
            found[name] = Process(process.pid, process.start, lost[name].log)
    return found
