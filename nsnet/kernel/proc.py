"""What /proc tells of processes (proc(5)); a process that is gone is answered with nothing."""

from __future__ import annotations

import os


def pids() -> list[int]:
    """The processes of our pid namespace."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def stat(pid: int) -> tuple[str, int]:
    """State (R, S, T, Z, …) and start time in clock ticks since boot; ("", 0) if it is gone."""
    fields = _fields(pid)
    return (fields[0].decode(), int(fields[19])) if fields else ("", 0)


def parent(pid: int) -> int:
    """The pid of its parent; 0 if it is gone, or its parent is in another pid namespace."""
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def activity(session: int) -> object:
    """What the processes of a session (setsid(2)) do, to be compared: between two looks at a
    session where all wait for packets, it stays the same (each page that a process touches first
    counts). None while one computes, waits for a processor, or for a disk."""
    found = {
        pid: fields for pid in pids() if (fields := _fields(pid)) and int(fields[3]) == session
    }
    return None if any(fields[0] in (b"R", b"D") for fields in found.values()) else found


def _fields(pid: int) -> list[bytes]:
    """What follows the command in /proc/PID/stat; that may hold anything."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def namespace(pid: int, kind: str) -> str:
    """Its namespace of that kind, as "net:[4026531840]"; "" where we may not look."""
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return ""
