"""The C floor (floor/floor.c), compiled for the run."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parent / "floor" / "floor.c"


class NoCompiler(Exception):
    """There is no C compiler here."""


class Floor:
    """Builds and removes one bridge with containers, as fast as the kernel lets it."""

    def __init__(self, folder: Path) -> None:
        compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
        if compiler is None:
            raise NoCompiler("no C compiler here (Debian: apt-get install gcc libc6-dev)")
        self._program = folder / "floor"
        command = (compiler, "-O2", "-o", str(self._program), str(SOURCE))
        subprocess.run(command, check=True)
        Path("/run/netns").mkdir(exist_ok=True)

    def run(self, verb: str, count: int) -> float:
        """Build (``up``) or remove (``down``); in ms, as the program itself measures it."""
        command = (str(self._program), verb, str(count))
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return float(json.loads(done.stdout)["ms"])
