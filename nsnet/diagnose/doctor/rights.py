"""Who may do what: root on the machine, everybody else in a sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from ...kernel import features, userns
from .finding import BROKEN, NOTE, OK, WARNING, Finding
from .machine import Machine


def check(machine: Machine) -> Iterator[Finding]:
    """Is there any way for nsnet to work?"""
    refused = features.user_namespaces()
    if machine.root:
        where = "in a sandbox" if machine.sandbox else "on this machine"
        yield Finding(OK, "rights", f"you may change networks {where}")
    else:
        level = NOTE if refused is None else BROKEN
        what = "you are not root: on this machine, nsnet can only look"
        breaks = "networks cannot be made" + ("" if refused else ", but in a sandbox")
        yield Finding(
            level,
            "rights",
            what,
            breaks,
            ("sudo nsnet …", "nsnet --sandbox …")[: 2 - bool(refused)],
        )
    if refused is None:
        yield Finding(OK, "sandbox", "sandboxes can be made (user namespaces)")
        if machine.root and not machine.sandbox:
            yield from restrictions(machine.sysctl)
        return
    why = userns.explain(refused).why
    mend = (why.partition("to allow it: ")[2],) if "to allow it: " in why else ()
    level = WARNING if machine.root and not machine.sandbox else NOTE if machine.root else BROKEN
    reason = why.partition("; to allow it")[0]
    yield Finding(level, "sandbox", f"sandboxes cannot be made: {reason}", _LOST, mend)


#: Settings, the value that forbids, and one that allows.
_ORDINARY = (
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel.unprivileged_userns_clone", "0", "1"),
)
_LOST = "`nsnet --sandbox` and Lab() without root do not work"


def restrictions(read: Callable[[str], str | None]) -> Iterator[Finding]:
    """What keeps ordinary users from what root has just done: Debian's switch, and Ubuntu's
    AppArmor (since 23.10)."""
    for name, forbidding, allowing in _ORDINARY:
        if read(name) == forbidding:
            yield Finding(
                NOTE,
                "sandbox-users",
                f"{name} = {forbidding}: ordinary users cannot make user namespaces",
                f"{_LOST} for them",
                (f"sudo sysctl -w {name}={allowing}",),
            )


def may_write(path: str) -> bool:
    """May files be made at `path`, or where it would have to be made?"""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return os.access(path, os.W_OK)
