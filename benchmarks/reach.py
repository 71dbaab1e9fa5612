"""Who reaches whom among 20 containers, beside the same pings by `ping` in a shell.

Half of the containers are on another network, so half of the packets get no answer: both sides
wait a second for those. The shell starts all its pings at once, as many processes as there are
pairs; nsnet asks for the ports, too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from nsnet.engine.state import load, place
from nsnet.kernel.hostid import host_id

from .figures import Figure
from .networks import NAME
from .place import settle
from .program import NSNET, timed

_ROUNDS = 5
_COUNT = 20
_LIMIT = 3000.0


def run(rounds: int) -> Iterator[Figure]:
    """Milliseconds of the whole program, with half of the pairs isolated and with none."""
    with tempfile.TemporaryDirectory() as name:
        for networks, what in ((2, "half isolated"), (1, "all in one network")):
            file = _compose(Path(name), networks)
            timed(*NSNET, "up", str(file))
            try:
                yield _compared(what, Path(name), rounds or _ROUNDS)
            finally:
                timed(*NSNET, "down", str(file))
                settle()


def _compared(what: str, folder: Path, rounds: int) -> Figure:
    script = folder / "pings.sh"
    script.write_text(_script(), encoding="ascii")
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(*NSNET, "reach", "--ping", "--ports"))
        theirs.append(timed("sh", str(script)))
    return Figure(
        f"reach, {_COUNT} containers, {what}",
        ours,
        "ping & in sh",
        theirs,
        at_most=_LIMIT,
        faster_by=1.0,
    )


def _script() -> str:
    layout = load(place(host_id())).records[NAME].layout
    addresses = {e.container: e.ipv4.partition("/")[0] for e in layout.endpoints}
    lines = [
        f"ip netns exec {sender} ping -c1 -W1 {address} >/dev/null &"
        for sender in addresses
        for target, address in addresses.items()
        if target != sender
    ]
    return "\n".join([*lines, "wait", ""])


def _compose(folder: Path, networks: int) -> Path:
    """Containers c0, c1, … on one or two networks, each with a port."""
    lines = [f"name: {NAME}", "networks: {n0: {}, n1: {}}", "services:"]
    for i in range(_COUNT):
        options = f"container_name: c{i}, networks: [n{i % networks}], expose: [80]"
        lines.append(f"  c{i}: {{{options}}}")
    path = folder / f"reach-{networks}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
