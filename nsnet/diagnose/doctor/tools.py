"""Python, libnftables, and the tools that a learner types."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping

from .finding import BROKEN, NOTE, OK, WARNING, Finding
from .machine import Machine

#: Programs, what is not possible without them, and the Debian package that has them.
_TOOLS = (
    ("ip", WARNING, "the commands that nsnet prints and explains cannot be typed", "iproute2"),
    ("nft", WARNING, "rules cannot be looked at by hand, and scripts of nsnet fail", "nftables"),
    ("sysctl", NOTE, "scripts of `nsnet plan` cannot set the kernel's settings", "procps"),
    ("nsenter", NOTE, "namespaces without a name cannot be entered by hand", "util-linux"),
    ("ping", NOTE, "the tutorials use it", "iputils-ping"),
    ("curl", NOTE, "the tutorials use it", "curl"),
    (
        "tcpdump",
        NOTE,
        "packets cannot be read on the terminal (`nsnet capture` does not need it)",
        "tcpdump",
    ),
    (
        "conntrack",
        NOTE,
        "scripts leave UDP flows on a port's old way (nsnet itself does not)",
        "conntrack",
    ),
)


def check(machine: Machine) -> Iterator[Finding]:
    """What is installed. (What it is called on this machine, its package manager knows.)"""
    yield _python()
    yield from _library(machine.features)
    lacking = [each for each in _TOOLS if not _there(each[0])]
    there = [each[0] for each in _TOOLS if each not in lacking]
    if there:
        yield Finding(OK, "tools", f"there are {', '.join(there)}")
    for name, level, breaks, package in lacking:
        mend = (f"sudo apt-get install {package}",)
        yield Finding(level, f"tool-{name}", f"there is no {name}", breaks, mend)


def _there(name: str) -> bool:
    """An ordinary user's PATH may lack the folders of root's tools (Debian)."""
    return bool(shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin"))


def _python() -> Finding:
    """An older one than nsnet needs would not have come so far."""
    return Finding(OK, "python", f"Python {'.'.join(map(str, sys.version_info[:3]))}")


def _library(found: Mapping[str, str]) -> Iterator[Finding]:
    """What the probe of the kernel, which needs the library, has told."""
    if "nft" in found:
        yield traps(found["nft"])
    elif "namespace" not in found:
        why = found["nftables"]
        mend = ("sudo apt-get install python3-nftables",)
        yield Finding(
            BROKEN, "nft-library", why, "no network can be made: there is no firewall", mend
        )


def traps(version: str) -> Finding:
    """What is known of a version of nftables: 1.0.6 is Debian 12's."""
    what = f"nftables {version}"
    numbers = tuple(int(each) for each in version.split(".") if each.isdigit())
    if numbers and numbers <= (1, 0, 6):
        return Finding(
            NOTE,
            "nft-version",
            f"{what}, which has traps for rules typed by hand (nsnet's own avoid them)",
            "`priority dstnat` is refused in an output hook; a jump to a new chain cannot be put "
            "into an interval map in the same transaction; `nft -j` leaves out the comments of "
            "tables and chains",
            ("write `priority -100` instead; read comments with `nft list ruleset`",),
        )
    return Finding(OK, "nft-version", what)
