"""Programs of our own in the PATH of a shell that we open: `nsnet`, above all.

From a clone, `nsnet` is an alias at best, which a new shell does not know; and root's PATH has no
folder of an ordinary user's.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping

from . import files, mounts

#: The script that is this very nsnet.
NSNET = ("nsnet.__main__", "run()")


def put(folder: str, programs: Mapping[str, str]) -> None:
    """Write programs (name: text) into a folder, which is made if it is not there."""
    mounts.make_executable(folder)
    for name, text in programs.items():
        files.write(f"{folder}/{name}", text, mode=0o755)


def script(module: str, call: str, *words: str, before: str = "") -> str:
    """A script that runs a function of this very nsnet, in whatever folder it is called."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    name = call.partition("(")[0]
    code = f"import sys; sys.path[0] = {root!r}; from {module} import {name}; {call}"
    line = shlex.join([sys.executable, "-c", code, *words])
    return f'#!/bin/sh\n{before} exec {line} "$@"\n'.replace("\n exec", "\nexec")
