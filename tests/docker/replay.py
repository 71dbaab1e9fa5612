"""Carry out a recording's operations and look at every checkpoint: with Docker to record, with
nsnet to compare."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.docker import facts, matrix
from tests.docker.engine import Done, Engine, State
from tests.docker.matrix import Cells, Wishes
from tests.docker.places import Place
from tests.docker.recording import Checkpoint, Op, Recording

#: Names that every container looks up, beside those that the operations mention.
_ALWAYS = ("ext.example.test", "nosuch", "nosuch.example.test", "localhost", "host.docker.internal")


@dataclass(slots=True)
class Replay:
    """One run of a recording."""

    engine: Engine
    outside: Place
    recording: Recording
    #: the lines of iptables-save, from whoever has them
    rules: Callable[[], Sequence[str]]
    _pool: str = ""

    def run(self) -> Recording:
        """The same operations, with what was seen this time."""
        known = self.recording
        made = Recording(known.name, known.docker, [], known.round_robin, known.flags)
        for op in known.ops:
            if op.checkpoint:
                made.ops.append(op)
                before = known.checkpoints.get(op.checkpoint)
                made.checkpoints[op.checkpoint] = self._look(made.ops, before)
            else:
                done = self._do(op.line)
                message = done.err.strip().splitlines() if done.code else []
                made.ops.append(Op(op.line, done.code, message[-1] if message else ""))
        return made

    def _do(self, line: str) -> Done:
        if not line.startswith("@ "):
            return self.engine.type(line)
        words = ["nsenter", f"--net={self.engine.host.namespace}", *shlex.split(line[2:])]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    def _look(self, done: Sequence[Op], before: Checkpoint | None) -> Checkpoint:
        state = self.engine.state(_containers(done))
        typed = "\n".join(op.line for op in self.recording.ops)
        self._pool = self._pool or facts.first_pool(state, typed)
        seen = Checkpoint(running=list(state.running))
        networks = state.networks.items()
        seen.networks = {name: facts.network(n, self._pool, typed) for name, n in networks}
        seen.facts = {name: facts.read(state, name) for name in state.running}
        if before is None or before.rules:
            seen.rules = facts.rules(state, self.rules())
        if before is None or before.cells:
            seen.listen = self._listen(state, before)
            seen.cells = self._ask(state, seen.listen, done, before)
        return seen

    def _listen(self, state: State, before: Checkpoint | None) -> dict[str, list[str]]:
        known = before.listen if before else {}
        running = state.running.items()
        return {name: list(known.get(name) or matrix.default_listen(c)) for name, c in running}

    def _ask(
        self,
        state: State,
        listen: Mapping[str, Sequence[str]],
        done: Sequence[Op],
        before: Checkpoint | None,
    ) -> Cells:
        names = before.names() if before else _names(state, done)
        expected = before.cells if before else {}
        wishes = Wishes(listen, names, self.recording.round_robin, expected)
        return matrix.observe(state, self.engine.host, self.outside, wishes)


def _names(state: State, done: Sequence[Op]) -> dict[str, list[str]]:
    """Who looks which names up, where no earlier recording tells."""
    running = state.running.values()
    names = [*state.containers, *(f"{c.name}.{n}" for c in running for n in c.addresses)]
    names += [f"id({name})" for name in state.running]
    names += [name for op in done for name in _mentioned(op.line)]
    return {name: list(dict.fromkeys([*names, *_ALWAYS])) for name in state.running}


def _containers(done: Sequence[Op]) -> list[str]:
    """The containers that there are: made, and not removed."""
    found: dict[str, None] = {}
    for op in done:
        words = shlex.split(op.line)
        if words[0] in ("run", "create") and "--name" in words:
            found[words[words.index("--name") + 1]] = None
        elif words[0] == "rm" and not op.code:
            for word in words[1:]:
                found.pop(word, None)
    return list(found)


def _mentioned(line: str) -> list[str]:
    """Names that a line gives: aliases, links, added hosts, hostnames."""
    words = shlex.split(line)
    found = []
    for flag, value in pairwise(words):
        if flag in ("--network-alias", "--alias", "--hostname"):
            found.append(value)
        elif flag == "--link":
            found.append(value.rpartition(":")[2])
        elif flag == "--add-host":
            found.append(value.partition(":")[0])
    return found


def clear(engine: Engine, ops: Sequence[Op]) -> None:
    """Remove what operations may have left."""
    words = [shlex.split(op.line) for op in ops]
    networks = [each[-1] for each in words if each[:2] == ["network", "create"]]
    gone = [each[-1] for each in words if each[:2] == ["network", "rm"]]
    left = [name for name in dict.fromkeys(networks) if name not in gone]
    containers = _containers(ops)
    if containers:
        engine.run("rm", "-f", *containers)
    if left:
        engine.run("network", "rm", *left)
