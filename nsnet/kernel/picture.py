"""A machine as lines of text, for seeing what a piece of work has left behind.

It is taken with `ip`, `nft` and `sysctl`, as a person would look: what judges whether everything is
gone must not believe the code that has made it.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable

from .mounts import UPPER_TMP
from .proc import pids, stat

#: Settings and words that change by themselves.
_CHANGING = re.compile(r"random|conntrack_count|hash|stable_secret|ipfrag|_[rw]?mem|fastopen_key")
_VOLATILE = re.compile(r" (state \S+|linkdown|valid_lft \S+|preferred_lft \S+|qdisc \S+|@\S+)")
_FLAGS = re.compile(r"<[^>]*>| packets \d+ bytes \d+")

#: What is looked at, and the word that its lines begin with.
_COMMANDS = (
    ("link", ("ip", "-o", "link")),
    ("address", ("ip", "-o", "address")),
    ("route", ("ip", "route", "show", "table", "all")),
    ("route6", ("ip", "-6", "route", "show", "table", "all")),
    ("policy", ("ip", "rule")),
    ("namespace", ("ip", "netns", "list")),
    ("nft", ("nft", "list", "ruleset")),
    ("setting", ("sysctl", "-a", "--pattern", r"^net\.(ipv4|ipv6|bridge|netfilter)")),
)


def take(but: Iterable[str] = ()) -> set[str]:
    """The picture; what is in folders of the names `but` does not count."""
    found = {f"{word} {line}" for word, command in _COMMANDS for line in _lines(command)}
    found |= {f"process {_name(pid)}" for pid in pids()}
    found |= {f"mount {line}" for line in _mounts()}
    found |= {f"file {path}" for path in _files(tuple(but))}
    return found


def settled(but: Iterable[str] = (), patience: float = 1.0) -> set[str]:
    """The picture, once it stays the same: a new machine is still setting itself up."""
    seen, limit = take(but), time.monotonic() + patience
    while (again := take(but)) != seen and time.monotonic() < limit:
        seen = again
    return again


def left(before: set[str], but: Iterable[str], patience: float) -> list[str]:
    """What is different from `before`, after `patience` seconds at most: some things end a moment
    after their command."""
    return _settled(lambda: _difference(before, take(but)), patience)


def _difference(before: set[str], after: set[str]) -> list[str]:
    return [
        *(f"new: {x}" for x in sorted(after - before)),
        *(f"gone: {x}" for x in sorted(before - after)),
    ]


def _settled(look: Callable[[], list[str]], patience: float) -> list[str]:
    limit = time.monotonic() + patience
    while (found := look()) and time.monotonic() < limit:
        time.sleep(0.05)
    return found


def _lines(command: tuple[str, ...]) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (_FLAGS.sub("", _VOLATILE.sub("", line)) for line in done.stdout.splitlines())
    return [" ".join(x.split()) for x in lines if not _CHANGING.search(x) and "fe80" not in x]


def _name(pid: int) -> str:
    """A process by its command; one that looks (ourselves, or a child of this moment) is none."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            words = file.read().replace("\0", " ").strip()
        state, _ = stat(pid)
    except OSError:
        return "none"
    return "none" if pid == os.getpid() or state == "Z" else f"{words or pid}"


def _mounts() -> list[str]:
    with open("/proc/self/mounts", encoding="utf-8") as file:
        return [" ".join(line.split()[:3]) for line in file]


def _files(but: tuple[str, ...]) -> list[str]:
    found = []
    for root in ("/run", "/etc/netns", "/dev/shm", "/dev/mqueue", UPPER_TMP):
        for folder, folders, files in os.walk(root):
            folders[:] = [x for x in folders if _counts(os.path.join(folder, x), root, but)]
            found += [os.path.join(folder, each) for each in (*folders, *files)]
    return found


def _counts(path: str, root: str, but: tuple[str, ...]) -> bool:
    ours = os.path.basename(path) in but or (
        path.startswith("/run/.") and not root.startswith("/run/.")
    )
    return not ours and not path.startswith("/run/netns/")
