"""How long an explanation takes, and what it costs everybody else.

`nsnet why`, `walk` and `trace` as whole programs, for a packet that arrives. And round trips
between two containers that have no part in it, while a third one's packets are watched: taps and
marks are set in every namespace, and must not be felt.
"""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from nsnet.kernel.inside import inside
from nsnet.kernel.netns import path
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from nsnet.kernel.trace import Flow
from nsnet.kernel.trace.watch import Watch

from .figures import Figure
from .networks import compose
from .place import settle
from .program import NSNET, timed

_ROUNDS, _COUNT, _TRIPS = 7, 20, 3000
#: What the whole program may take, in ms.
_LIMIT = 1000.0
#: Round trips may take this much longer while others are watched.
_FELT = 1.1
_PORT = 5000


def run(rounds: int) -> Iterator[Figure]:
    """Milliseconds of the whole programs; milliseconds of some thousand round trips."""
    rounds = rounds or _ROUNDS
    with tempfile.TemporaryDirectory() as name:
        file = compose(Path(name), _COUNT, listening=True)
        timed(*NSNET, "up", str(file))
        try:
            for command in ("walk", "why", "trace"):
                samples = [timed(*NSNET, command, "c0", "c1:80") for _ in range(rounds)]
                yield Figure(f"{command}, {_COUNT} containers", samples, at_most=_LIMIT)
            yield _felt(rounds)
        finally:
            timed(*NSNET, "down", str(file))
            settle()


def _felt(rounds: int) -> Figure:
    watched, alone = [], []
    with ExitStack() as stack:
        here, there = (stack.enter_context(closing(_socket(each))) for each in ("c2", "c3"))
        here.connect(there.getsockname())
        there.connect(here.getsockname())
        survey = Survey(stack.enter_context(Stack()))
        _round_trips(here, there)
        for _ in range(rounds):
            with closing(Watch(survey, ["c0", "", "c1"], Flow(4, socket.IPPROTO_TCP, 40000))):
                watched.append(_round_trips(here, there))
            alone.append(_round_trips(here, there))
    return Figure(
        f"{_TRIPS} round trips beside a trace",
        watched,
        "without it",
        alone,
        ratio_at_most=_FELT,
    )


def _socket(container: str) -> socket.socket:
    with inside(path(container)):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("203.0.113.1", 9))  # Sends nothing: it chooses the address of its eth0.
    address = sock.getsockname()[0]
    sock.close()
    with inside(path(container)):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, _PORT))
    return sock


def _round_trips(here: socket.socket, there: socket.socket) -> float:
    began = time.perf_counter()
    for _ in range(_TRIPS):
        here.send(b"ping")
        there.send(there.recv(16))
        here.recv(16)
    return 1e3 * (time.perf_counter() - began)
