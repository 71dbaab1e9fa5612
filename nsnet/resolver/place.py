"""Where the resolver of a host is found: files below its state folder, words in its
environment."""

from __future__ import annotations

import os

#: The folder of the files that tell of names.
NAMES = "names"

#: The folder of the files that tell of relayed ports.
PORTS = "ports"

#: The processes' lock, with their pids in it.
LOCK = "resolver.lock"

#: The socket at which `service` asks whether containers are served.
CONTROL = "resolver.sock"

#: A note of what nobody expected.
LOG = "resolver.log"


def marks(folder: str) -> dict[str, str]:
    """The environment's words by which the processes are found, whatever else is lost."""
    return {"NSNET_RESOLVER": "1", "NSNET_HOST": os.path.basename(folder)}


def program() -> str:
    """The file that is run."""
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "run.py")
