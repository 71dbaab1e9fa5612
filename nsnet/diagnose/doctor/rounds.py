"""All checks, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...kernel.errors import KernelError
from . import (
    docker,
    features,
    files,
    firewalls,
    forwarding,
    managers,
    mtu,
    names,
    remains,
    rights,
    subnets,
    tools,
)
from .finding import UNSEEN, Finding
from .machine import Machine

Check = Callable[[Machine], Iterator[Finding]]

#: By subject.
CHECKS: dict[str, Check] = {
    "rights": rights.check,
    "kernel": features.check,
    "tools": tools.check,
    "forwarding": forwarding.check,
    "firewalls": firewalls.check,
    "Docker": docker.check,
    "subnets": subnets.check,
    "way out": mtu.check,
    "names": names.check,
    "managers of interfaces": managers.check,
    "files": files.check,
    "remains": remains.check,
}


def examine(machine: Machine) -> dict[str, list[Finding]]:
    """Every finding by subject. A check that fails itself is told as unseen."""
    found: dict[str, list[Finding]] = {}
    for subject, check in CHECKS.items():
        found[subject] = []
        try:
            found[subject] += check(machine)
        except (KernelError, OSError) as error:
            found[subject].append(Finding(UNSEEN, "failed", "not looked at to the end", str(error)))
    return found
