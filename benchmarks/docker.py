"""`nsnet up` of K containers beside K times `docker run -d`: the same idle command in each.

The Docker daemon is that of $DOCKER_HOST (or the usual socket); its containers of earlier runs
that bear the benchmark's name are removed, nothing else there is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .figures import Figure, Skipped
from .networks import NAME, compose
from .place import settle
from .program import NSNET, timed

_ROUNDS = 5
_COUNT = 10
_FASTER_BY = 5
SLEEP = ("sleep", "3600")
IMAGE = "alpine"
_SOCKET_FD = "NSNET_BENCH_DOCKER_FD"  # scripts/bench: an open folder, the daemon's socket in it


def run(rounds: int) -> Iterator[Figure | Skipped]:
    """Ten containers, one `docker run` after the other, as a script of the usual kind does."""
    docker = Docker()
    reason = docker.missing()
    if reason:
        yield Skipped("docker", reason)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = compose(Path(folder), _COUNT, command=" ".join(SLEEP))
        ours, theirs = [], []
        for _ in range(rounds or _ROUNDS):
            ours.append(timed(*NSNET, "up", str(file)))
            timed(*NSNET, "down", str(file))
            settle()
            theirs.append(docker.run_all())
            docker.remove_all()
    yield Figure(f"up {_COUNT} containers", ours, "docker run", theirs, faster_by=_FASTER_BY)


class Docker:
    """The client, pointed at a daemon whose socket may lie below a /run that is hidden here."""

    def __init__(self) -> None:
        self._program = shutil.which("docker") or ""
        fd = os.environ.get(_SOCKET_FD, "")
        self._fds = (int(fd),) if fd else ()

    def missing(self) -> str:
        """Why Docker cannot be used here; "" if it can."""
        if not self._program:
            return "there is no docker command"
        info = self.ask("info", "--format", "{{.ServerVersion}}")
        if info.returncode:
            return "no Docker daemon answers (DOCKER_HOST says where one is)"
        if self.ask("image", "inspect", IMAGE).returncode:
            return f"the Docker daemon has no image {IMAGE} (docker pull {IMAGE})"
        return ""

    def run_all(self) -> float:
        """Start the containers; in ms."""
        began = time.perf_counter()
        for i in range(_COUNT):
            self.timed("run", "-d", "--name", f"{NAME}-{i}", IMAGE, *SLEEP)
        return 1e3 * (time.perf_counter() - began)

    def remove_all(self) -> None:
        """Remove them."""
        self.ask("rm", "-f", *(f"{NAME}-{i}" for i in range(_COUNT)))

    def timed(self, *words: str) -> float:
        """Wall time of one command in ms. Raises `Failed`."""
        return timed(self._program, *words, fds=self._fds)

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command and see how it ends."""
        command = (self._program, *words)
        return subprocess.run(
            command, capture_output=True, text=True, check=False, pass_fds=self._fds
        )
