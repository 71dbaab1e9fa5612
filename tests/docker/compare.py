"""Two runs of the same recording: where do they differ?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.docker.recording import Checkpoint, Recording


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where Docker and nsnet are not the same. "" stands for nothing there."""

    recording: str
    checkpoint: str
    #: cells: who asked; facts: the container; rules: the chain; ops: "op"
    source: str
    #: cells: the target; facts: links, hosts, …; rules: the rule; ops: the line
    target: str
    docker: str
    nsnet: str

    def __str__(self) -> str:
        where = f"{self.checkpoint} | {self.source} -> {self.target}"
        return f"{where}\n    Docker: {self.docker or '-'}\n    nsnet:  {self.nsnet or '-'}"


def differences(docker: Recording, nsnet: Recording) -> Iterator[Difference]:
    """All of them: exit codes first, then checkpoint by checkpoint."""
    for theirs, ours in zip(docker.ops, nsnet.ops, strict=True):
        if theirs.code != ours.code:
            ends = [f"exit {x.code} {x.message}".strip() for x in (theirs, ours)]
            yield Difference(docker.name, "", "op", theirs.line, *ends)
    for name, theirs_ in docker.checkpoints.items():
        for source, target, one, other in _checkpoint(theirs_, nsnet.checkpoints[name]):
            yield Difference(docker.name, name, source, target, one, other)


def _checkpoint(one: Checkpoint, other: Checkpoint) -> Iterator[tuple[str, str, str, str]]:
    if sorted(one.running) != sorted(other.running):
        yield "state", "running", " ".join(one.running), " ".join(other.running)
    for name, first, second in _pairs(one.networks, other.networks):
        yield "network", name, first, second
    for name in dict.fromkeys([*one.facts, *other.facts]):
        pairs = _pairs(one.facts.get(name, {}), other.facts.get(name, {}))
        yield from ((name, what, first, second) for what, first, second in pairs)
    for chain, first, second in _pairs(one.rules, other.rules):
        yield "rules", chain, first, second
    for key in dict.fromkeys([*one.cells, *other.cells]):
        first, second = one.cells.get(key, ""), other.cells.get(key, "")
        if first != second:
            yield *key, first, second


def _pairs(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys([*one, *other]):
        first, second = one.get(key, ""), other.get(key, "")
        if first == second:
            continue
        if isinstance(first or second, list):
            first, second = list(first), list(second)
            if sorted(first) != sorted(second):  # else it is the order
                less, more = Counter(first), Counter(second)
                first, second = list((less - more).elements()), list((more - less).elements())
            first, second = "; ".join(first), "; ".join(second)
        yield key, first, second


def summary(found: list[Difference]) -> str:
    """The differences as a text, those that read the same (whoever asks) once."""
    grouped: dict[tuple[str, str, str], list[Difference]] = {}
    for each in found:
        target = re.sub(r"via \S+", "via …", each.target)
        grouped.setdefault((target, each.docker, each.nsnet), []).append(each)
    lines = []
    for same in grouped.values():
        more = f"  (and {len(same) - 1} more like it)" if len(same) > 1 else ""
        lines.append(f"{same[0]}{more}")
    return f"{len(found)} differences\n" + "\n".join(lines)
