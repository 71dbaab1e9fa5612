"""Single commands beside Docker's of the same words: from the key press to the prompt, in turn.

Each is taken back at once, on both sides; what Docker's `run` needs besides (an image) is there
already. The Docker daemon is that of `docker.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from .docker import IMAGE, SLEEP, Docker
from .figures import Figure, Skipped
from .networks import NAME
from .place import settle
from .program import NSNET, timed

_ROUNDS = 9
_NET = f"{NAME}-net"
_BASE = f"{NAME}-base"
_THIRD, _HALF = 1 / 3, 1 / 2


class _Command(NamedTuple):
    """What is measured, `before` and `after` it; ``{}`` is a name that is new in each round."""

    words: str
    after: str = ""
    before: str = ""
    at_most: float | None = None


_RUN = "run -d --name {}"
_COMMANDS = (
    _Command(f"{_RUN} PROGRAM", "rm -f {}", at_most=_THIRD),
    _Command(f"{_RUN} --network none PROGRAM", "rm -f {}", at_most=_THIRD),
    _Command(f"{_RUN} --network {_NET} PROGRAM", "rm -f {}", at_most=_THIRD),
    _Command(f"{_RUN} -p PORT:80 PROGRAM", "rm -f {}", at_most=_THIRD),
    _Command("network create {}", "network rm {}", at_most=_HALF),
    _Command("network rm {}", before="network create {}"),
    _Command(f"network connect {_NET} {_BASE}", f"network disconnect {_NET} {_BASE}"),
    _Command(f"network disconnect {_NET} {_BASE}", before=f"network connect {_NET} {_BASE}"),
    _Command("stop -t 0 {}", "rm {}", f"{_RUN} PROGRAM"),
    _Command("rm -f {}", before=f"{_RUN} PROGRAM"),
    _Command(f"exec {_BASE} true"),
)


def run(rounds: int) -> Iterator[Figure | Skipped]:
    """All the commands: nsnet, docker, nsnet, docker …"""
    docker = Docker()
    reason = docker.missing()
    if reason:
        yield Skipped("commands", reason)
        return
    sides = (_Side(True, docker), _Side(False, docker))
    try:
        for side in sides:
            side.do(f"network create {_NET}")
            side.do(f"run -d --name {_BASE} PROGRAM")
        for command in _COMMANDS:
            yield _compared(sides, command, rounds or _ROUNDS)
    finally:
        for side in sides:
            side.tidy()


def _compared(sides: tuple[_Side, _Side], command: _Command, rounds: int) -> Figure:
    samples: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for side, taken in zip(sides, samples, strict=True):
            taken.append(side.sample(command))
            settle()
    words = command.words.format("NAME").replace(" PROGRAM", "")
    return Figure(words, samples[0], "docker", samples[1], ratio_at_most=command.at_most)


class _Side:
    """nsnet or Docker."""

    def __init__(self, ours: bool, docker: Docker) -> None:
        self._ours, self._docker = ours, docker
        self._names = count()
        self._program = ("--", *SLEEP) if ours else (IMAGE, *SLEEP)

    def sample(self, command: _Command) -> float:
        """One measurement, in ms."""
        number = next(self._names)
        name = f"{NAME}-{number}"
        if command.before:
            self.do(command.before, name, number)
        elapsed = self.do(command.words, name, number)
        if command.after:
            self.do(command.after, name, number)
        return elapsed

    def do(self, words: str, name: str = "", number: int = 0) -> float:
        """A command's wall time in ms."""
        parts: list[str] = []
        for word in words.format(name).replace("PORT", str(20000 + number)).split():
            parts += self._program if word == "PROGRAM" else (word,)
        if self._ours:
            return timed(*NSNET, *parts)
        return self._docker.timed(*parts)

    def tidy(self) -> None:
        """Remove what the measurement made, also where it was interrupted."""
        if self._ours:
            timed(*NSNET, "clean")
            return
        names = [_BASE, *(f"{NAME}-{i}" for i in range(next(self._names)))]
        self._docker.ask("rm", "-f", *names)
        self._docker.ask("network", "rm", _NET, *names[1:])
