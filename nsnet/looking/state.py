"""What is recorded of this host. Takes no lock."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..engine.revive import revive
from ..engine.state import State, load, place
from ..kernel.errors import PreconditionError
from ..kernel.hostid import host_id
from ..topology.model import Container


def folder() -> str:
    """Where the state of this host is kept."""
    return place(host_id())


def state() -> State:
    """What is recorded of this host. Raises `PreconditionError` where only root may know."""
    where = folder()
    path = f"{where}/state.json"
    if os.path.exists(path) and not os.access(path, os.R_OK):
        raise PreconditionError("what is up here is root's", "run it as `sudo nsnet …`")
    revive(where)
    return load(where)


def whose_stack(containers: Mapping[str, Container], name: str) -> str:
    """The container whose network stack the one called `name` uses: mostly its own."""
    for _ in containers:
        each = containers[name]
        if each.mode != "container" or each.share not in containers:
            break
        name = str(each.share)
    return name
