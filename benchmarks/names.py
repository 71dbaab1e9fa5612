"""Names: answers per second beside those of Docker's embedded DNS, and the resolver's memory.

One C client asks at 127.0.0.11:53 of a container for its neighbour, on both sides: through the
redirection to the server's port, as programs do. Docker's container sees this machine's files,
so that the client runs there, too; the daemon is that of $DOCKER_HOST (or the usual socket).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nsnet.engine.state import place
from nsnet.kernel.hostid import host_id
from nsnet.resolver import service

from .figures import Figure, Skipped
from .networks import NAME
from .place import settle
from .program import NSNET, Failed, timed

_ROUNDS = 15
_COUNT = 20_000  # questions of one sample
_FLIGHTS = {1: "one at a time", 32: "32 in flight"}
_FASTER_BY = 1.2
_NAMESPACES, _LIMIT = 100, 15.0  # MB
_SOURCE = Path(__file__).parent / "floor" / "ask.c"
_SERVER = ("127.0.0.11", "53")
_IMAGE = "alpine"
_SOCKET_FD = "NSNET_BENCH_DOCKER_FD"  # scripts/bench: an open folder, the daemon's socket in it


def run(rounds: int) -> Iterator[Figure | Skipped]:
    """Microseconds per answer; what stays in memory is the proportional set (smaps)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _speed(folder, rounds or _ROUNDS)
        yield _memory(folder)


def _speed(folder: Path, rounds: int) -> Iterator[Figure | Skipped]:
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None:
        yield Skipped("names", "no C compiler here (Debian: apt-get install gcc libc6-dev)")
        return
    client = folder / "ask"
    subprocess.run((compiler, "-O2", "-o", str(client), str(_SOURCE)), check=True)
    folder.chmod(0o755)
    file = _compose(folder, 2)
    timed(*NSNET, "up", str(file))
    docker = _Docker()
    reason = docker.missing()
    if reason:
        yield Skipped("names beside Docker", reason)
    else:
        docker.up()
    try:
        for flight, what in _FLIGHTS.items():
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(_asked(("ip", "netns", "exec", "c0", str(client)), flight, "c1"))
                if not reason:
                    theirs.append(docker.asked(client, flight))
            yield Figure(
                f"answers, {what}",
                ours,
                "" if reason else "Docker",
                theirs or None,
                unit="µs",
                faster_by=None if reason else _FASTER_BY,
            )
    finally:
        docker.down()
        timed(*NSNET, "down", str(file))
        settle()


def _memory(folder: Path) -> Figure:
    file = _compose(folder, _NAMESPACES)
    timed(*NSNET, "up", str(file))
    try:
        size = sum(map(_proportional, service.pids(place(host_id()))))
    finally:
        timed(*NSNET, "down", str(file))
        settle()
    return Figure(f"resolver, {_NAMESPACES} namespaces", [size], unit="MB", at_most=_LIMIT)


def _compose(folder: Path, count: int) -> Path:
    """Containers c0, c1, … on a network of their own."""
    lines = [f"name: {NAME}", "networks: {front: {}}", "services:"]
    lines += [f"  c{i}: {{container_name: c{i}, networks: [front]}}" for i in range(count)]
    path = folder / f"names-{count}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _asked(client: tuple[str, ...], flight: int, name: str, fds: tuple[int, ...] = ()) -> float:
    """Microseconds per answer. Raises `Failed`."""
    words = (*client, *_SERVER, str(flight), str(_COUNT), name)
    done = subprocess.run(words, capture_output=True, text=True, check=False, pass_fds=fds)
    if done.returncode:
        raise Failed(f"`{' '.join(words)}`: {done.stderr.strip()}")
    return float(json.loads(done.stdout)["us"])


def _proportional(pid: int) -> float:
    """Proportional set size in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e3


class _Docker:
    """Two containers on a network, in one of which our client runs."""

    def __init__(self) -> None:
        self._program = shutil.which("docker") or ""
        fd = os.environ.get(_SOCKET_FD, "")
        self._fds = (int(fd),) if fd else ()
        self._names = (f"{NAME}-names-0", f"{NAME}-names-1")
        self._network = f"{NAME}-names"

    def missing(self) -> str:
        """Why Docker cannot be used here; "" if it can."""
        if not self._program:
            return "there is no docker command"
        if self._ask("info").returncode:
            return "no Docker daemon answers (DOCKER_HOST says where one is)"
        if self._ask("image", "inspect", _IMAGE).returncode:
            return f"the Docker daemon has no image {_IMAGE} (docker pull {_IMAGE})"
        return ""

    def up(self) -> None:
        """Start both. Raises `Failed`."""
        self.down()
        plug = ("run", "-d", "--network", self._network, "-v", "/:/host:ro")
        commands = [("network", "create", self._network)]
        commands += [(*plug, "--name", name, _IMAGE, "sleep", "3600") for name in self._names]
        for words in commands:
            done = self._ask(*words)
            if done.returncode:
                raise Failed(f"`docker {' '.join(words)}`: {done.stderr.strip()}")

    def asked(self, client: Path, flight: int) -> float:
        """Microseconds per answer."""
        first, second = self._names
        inside = (self._program, "exec", first, "chroot", "/host", str(client))
        return _asked(inside, flight, second, self._fds)

    def down(self) -> None:
        """Remove what we made there."""
        if self._program:
            self._ask("rm", "-f", *self._names)
            self._ask("network", "rm", self._network)

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = (self._program, *words)
        return subprocess.run(
            command, capture_output=True, text=True, check=False, pass_fds=self._fds
        )
