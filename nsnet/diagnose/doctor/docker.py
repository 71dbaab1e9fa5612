"""Docker beside nsnet: they get along, but each has subnets and a firewall of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...kernel import proc
from .finding import NOTE, OK, Finding
from .machine import Machine

_SOCKETS = ("/run/docker.sock", "/var/run/docker.sock")


def check(machine: Machine) -> Iterator[Finding]:
    """Is it here, and does it run?"""
    traces = [path for path in _SOCKETS[:1] if os.path.exists(path)]
    if "docker0" in machine.interfaces:
        subnets = [a.cidr for a in machine.survey.addresses("") if a.device == "docker0"]
        traces.append(" ".join(("docker0", *(each for each in subnets if ":" not in each))))
    if not machine.sandbox and any(proc_name(pid) == "dockerd" for pid in proc.pids()):
        traces.append("a process dockerd")
    if not traces:
        yield Finding(OK, "docker", "Docker does not run here")
        return
    yield Finding(
        NOTE,
        "docker",
        f"Docker is here: {', '.join(traces)}",
        "its subnets are left alone: nsnet's networks get others than in the tutorials; and its "
        "FORWARD chain drops what it does not know (see the firewalls, if there is a word there)",
        ("nsnet --sandbox up …",),
    )


def proc_name(pid: int) -> str:
    """The command name of a process, "" if it has gone."""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
