"""Seeing to it that the names of namespaces are seen by everybody.

``ip netns exec HOST nsnet …`` starts nsnet in a copy of the caller's mounts which hears of new
ones, but whose own nobody hears of (``MS_SLAVE``, mount_namespaces(7); ip-netns(8)). A name made
there would be gone with the command. So the mounts that the copy was made of are joined again.
"""

from __future__ import annotations

import os
from contextlib import suppress

from .netns import DIRECTORY
from .syscalls import CLONE_NEWNS, setns


def join_master() -> bool:
    """Leave a copy of the mounts for what it is a copy of: that of the parent process, or of the
    first one; whether that was done. The working directory stays, by its path."""
    ours = _tag("self", "master")
    if not ours:
        return False
    parents = (str(os.getppid()), "1")
    return any(_tag(pid, "shared") == ours and _join(pid) for pid in parents)


def _join(pid: str) -> bool:
    directory = os.getcwd()
    try:
        fd = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        setns(fd, CLONE_NEWNS)
    except OSError:
        return False
    finally:
        os.close(fd)
    with suppress(OSError):
        os.chdir(directory)
    return True


def _tag(pid: str, kind: str) -> str:
    """The peer group (``shared:N``, ``master:N``) of the mount that /run/netns is on, as a process
    sees it: the optional fields of /proc/PID/mountinfo (proc(5)). "" if it is in none, or not of
    this kind alone."""
    best, found = "", []
    try:
        with open(f"/proc/{pid}/mountinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                fields = line.split()
                place = fields[4]
                inside = place == "/" or f"{DIRECTORY}/".startswith(f"{place}/")
                if inside and len(place) >= len(best):
                    best, found = place, fields[6 : fields.index("-")]
    except (OSError, ValueError, IndexError):
        return ""
    tags = dict(tag.partition(":")[::2] for tag in found)
    if kind == "master" and "shared" in tags:
        return ""
    return tags.get(kind, "")
