"""A recording: what was typed, and what was seen at each checkpoint; as JSON a human can read.

::

    {"name": …, "docker": "20.10.24", "round_robin": [names], "ops": [line, …],
     "checkpoints": {name: {
        "networks": {name: "bridge pool+0 gw+1"},
        "running": "c1 c2", "listen": {"80/tcp": "c1 c2"},
        "facts": {"c1": {"links": [...], "hosts": [...], "hostname": …, "resolv": …}},
        "rules": {"filter FORWARD": [rule, …]},
        "cells": {target: {outcome: "who asked, who else"}}}}}

An op is a line of Docker's CLI without `docker`; `run` and `create` are without the image and
the command, `run` without -d. One that Docker refused is [line, exit code, message]. ``= NAME`` is
a checkpoint, ``@ …`` a command on the host. ``~@shop`` in an outcome is the asking container's own
address.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.docker.matrix import Cells

DATA = Path(__file__).with_name("data")


@dataclass(slots=True)
class Checkpoint:
    """What was seen at one moment."""

    networks: dict[str, str] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    listen: dict[str, list[str]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)
    cells: Cells = field(default_factory=dict)

    def names(self) -> dict[str, list[str]]:
        """Who looked which names up."""
        found: dict[str, list[str]] = {}
        for source, target in self.cells:
            if target.startswith("name:"):
                found.setdefault(source, []).append(target[5:])
        return found


@dataclass(frozen=True, slots=True)
class Op:
    """One line that was typed, and how it ended."""

    line: str
    code: int = 0
    message: str = ""

    @property
    def checkpoint(self) -> str:
        """The name of the checkpoint that it is, or ""."""
        return self.line[2:] if self.line.startswith("= ") else ""


@dataclass(slots=True)
class Recording:
    """One scenario, carried out."""

    name: str
    docker: str
    ops: list[Op]
    round_robin: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    checkpoints: dict[str, Checkpoint] = field(default_factory=dict)

    def cells(self) -> int:
        """How many cells there are."""
        return sum(len(each.cells) for each in self.checkpoints.values())


def load(path: Path) -> Recording:
    """Read a recording."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Recording(
        found["name"],
        found["docker"],
        [Op(each) if isinstance(each, str) else Op(*each) for each in found["ops"]],
        found.get("round_robin", []),
        found.get("flags", []),
        {name: _unpack(each) for name, each in found["checkpoints"].items()},
    )


def dump(recording: Recording, path: Path) -> None:
    """Write a recording, one target or fact in a line."""
    ops = [[o.line, o.code, o.message] if o.code else o.line for o in recording.ops]
    parts = [
        f'"name": {json.dumps(recording.name)}',
        f'"docker": {json.dumps(recording.docker)}',
        f'"round_robin": {json.dumps(recording.round_robin)}',
        f'"flags": {json.dumps(recording.flags)}',
        f'"ops": {_lines(ops)}',
    ]
    checkpoints = ",\n".join(
        f"{json.dumps(name)}: {{\n{_pack(each)}\n}}" for name, each in recording.checkpoints.items()
    )
    parts.append(f'"checkpoints": {{\n{checkpoints}\n}}')
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def _lines(found: Mapping[str, Any] | list[Any]) -> str:
    def plain(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    if isinstance(found, list):
        return "[\n" + ",\n".join(map(plain, found)) + "]" if found else "[]"
    lines = [f"{plain(key)}:{plain(value)}" for key, value in found.items()]
    return "{\n" + ",\n".join(lines) + "}" if lines else "{}"


def _pack(each: Checkpoint) -> str:
    listen: dict[str, list[str]] = {}
    for name, specs in each.listen.items():
        listen.setdefault(" ".join(specs), []).append(name)
    cells: dict[str, dict[str, list[str]]] = {}
    for (source, target), outcome in each.cells.items():
        cells.setdefault(target, {}).setdefault(outcome, []).append(source)
    packed = {t: {o: " ".join(s) for o, s in by.items()} for t, by in sorted(cells.items())}
    parts = {
        "networks": json.dumps(each.networks),
        "running": json.dumps(" ".join(each.running)),
        "listen": json.dumps({specs: " ".join(names) for specs, names in listen.items()}),
        "facts": _lines(each.facts),
        "rules": _lines(each.rules),
        "cells": _lines(packed),
    }
    return ",\n".join(f'"{key}": {text}' for key, text in parts.items())


def _unpack(found: Mapping[str, Any]) -> Checkpoint:
    pairs = ((name, s.split()) for s, names in found["listen"].items() for name in names.split())
    return Checkpoint(
        found["networks"],
        found["running"].split(),
        dict(pairs),
        found["facts"],
        found["rules"],
        dict(_cells(found["cells"])),
    )


def _cells(found: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[tuple[str, str], str]]:
    for target, outcomes in found.items():
        for outcome, sources in outcomes.items():
            for source in sources.split():
                yield (source, target), outcome
