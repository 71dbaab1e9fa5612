"""Bad input, and odd input that Docker takes: data/errors.json.

By host (each a fresh machine) a list of steps. ``{"do": line}`` prepares or tidies up, and is
a shell line or ``listen PORT`` / ``close PORT`` (a program on the host that has the port).
``{"case": …, "cmd": line, "code": …, "out": …, "err": …}`` is a shell line and what came of it; ids
of 64 digits are ``<ID>``.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.docker.engine import Engine
from tests.docker.places import entered
from tests.docker.recording import DATA

FILE = DATA / "errors.json"
#: How many characters of stdout are kept.
_SHOWN = 400
_ID = re.compile(r"\b[0-9a-f]{64}\b")

Step = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One line and what came of it, with Docker and with nsnet."""

    host: str
    step: Mapping[str, Any]
    code: int
    out: str
    err: str

    @property
    def name(self) -> str:
        """Group and case."""
        return f"{self.step['group']}: {self.step['case']}"

    @property
    def alike(self) -> bool:
        """The same exit code, and the same on stdout."""
        same_end = bool(self.step["code"] == self.code)
        return same_end and self.step.get("out", "") == self.out[:_SHOWN]

    def __str__(self) -> str:
        theirs = self.step.get("err") or self.step.get("out", "")
        lines = [
            f"{self.name}\n    {self.step['cmd']}",
            f"    Docker: {self.step['code']} {theirs}",
        ]
        return "\n".join([*lines, f"    nsnet:  {self.code} {self.err or self.out}"])


def load(path: Path = FILE) -> dict[str, list[Step]]:
    """The steps, by host."""
    found: dict[str, list[Step]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def dump(hosts: Mapping[str, Sequence[Step]], path: Path = FILE) -> None:
    """Write them, one step in a line."""
    parts = []
    for host, steps in hosts.items():
        lines = ",\n".join(json.dumps(step, ensure_ascii=False) for step in steps)
        parts.append(f"{json.dumps(host)}: [\n{lines}]")
    path.write_text("{\n" + ",\n".join(parts) + "}\n", encoding="utf-8")


def run(engine: Engine, host: str, steps: Sequence[Step]) -> Iterator[Case]:
    """Carry the steps of one host out."""
    taken: dict[str, socket.socket] = {}
    try:
        for step in steps:
            if "cmd" in step:
                done = engine.shell(step["cmd"])
                yield Case(host, step, done.code, _plain(done.out), _plain(done.err))
                continue
            what, _, port = step["do"].partition(" ")
            if what == "listen":
                taken[port] = _listening(engine, int(port))
            elif what == "close":
                taken.pop(port).close()
            else:
                engine.shell(step["do"])
    finally:
        for each in taken.values():
            each.close()


def again(cases: Sequence[Case], steps: Sequence[Step]) -> list[Step]:
    """The steps with the outcomes of these cases: a new recording."""
    seen = iter(cases)
    made = []
    for step in steps:
        if "cmd" in step:
            case = next(seen)
            step = {k: step[k] for k in ("group", "case", "cmd")} | {"code": case.code}
            step |= {"out": case.out[:_SHOWN]} if case.out else {}
            step |= {"err": case.err.splitlines()[0][:300]} if case.err else {}
        made.append(step)
    return made


def _plain(text: str) -> str:
    return _ID.sub("<ID>", text)


def _listening(engine: Engine, port: int) -> socket.socket:
    with entered(engine.host.namespace):
        server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", port))
    server.listen()
    return server
