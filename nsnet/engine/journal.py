"""What happened to containers and networks, for ``nsnet events``: a line of JSON for each event.

The journal lies in the state folder and goes with it. Whoever follows events wants to see the last
one, too, which comes when the folder has gone: followers share a second file beside the folder,
which is there only while somebody follows. Nobody else makes it, and whoever finds that no
follower holds it (flock(2)) removes it, so that one that was killed leaves nothing for long.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from ..value import Value

#: The journal is halved when it is larger than this, in bytes (about a thousand events).
LIMIT = 256 * 1024
_POLL = 0.1  # seconds between two looks of a follower


class Event(Value):
    """`kind` is ``container`` or ``network``, `action` a word of Docker's (``start``, ``connect``),
    `id` that of the thing, `time` in seconds since 1970."""

    kind: str
    action: str
    id: str
    attributes: Mapping[str, str]
    time: float = 0.0


def note(
    folder: str,
    kind: str,
    action: str,
    id: str,
    attributes: Mapping[str, str],
    when: float = 0.0,
) -> None:
    """Write down an event of the host with this state folder. Never an error: what was done is
    not undone because it could not be written down. The caller holds the host's lock."""
    event = {
        "kind": kind,
        "action": action,
        "id": id,
        "attributes": dict(attributes),
        "time": when or time.time(),
    }
    line = (json.dumps(event, separators=(",", ":")) + "\n").encode()
    with suppress(OSError):
        if os.path.isdir(folder):
            _append(_path(folder), line)
            _bound(_path(folder))
    with suppress(OSError):
        _tell(_followed(folder), line)


def read(folder: str) -> list[Event]:
    """The events that are still known, in their order."""
    try:
        with open(_path(folder), "rb") as file:
            return list(_events(file.read()))
    except OSError:
        return []


def follow(folder: str, until: Callable[[], bool]) -> Iterator[Event]:
    """The events known, then each one when it happens, until `until` says that it is enough (it
    is asked ten times a second). Raises OSError where nothing can be written."""
    with _following(folder) as fd:
        at = os.fstat(fd).st_size
        yield from read(folder)
        rest = b""
        while True:
            data = os.pread(fd, 1 << 16, at)
            at += len(data)
            whole, newline, rest = (rest + data).rpartition(b"\n")
            yield from _events(whole + newline)
            if not data:
                if until():
                    return
                time.sleep(_POLL)


def _path(folder: str) -> str:
    return f"{folder}/events.jsonl"


def _followed(folder: str) -> str:
    return f"{folder}.events"


def _append(path: str, line: bytes, flags: int = os.O_CREAT) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | flags, 0o600)
    try:
        os.write(fd, line)
    finally:
        os.close(fd)


def _bound(path: str) -> None:
    """Drop the older half of a journal that has become too large."""
    if os.path.getsize(path) <= LIMIT:
        return
    with open(path, "rb") as file:
        file.seek(-LIMIT // 2, os.SEEK_END)
        kept = file.read().partition(b"\n")[2]
    new = f"{path}.new"
    with open(new, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(kept)
    os.rename(new, path)


def _tell(path: str, line: bytes) -> None:
    """Tell the followers, if there are any; remove their file if there are none left."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.write(fd, line)
    else:
        os.unlink(path)
    finally:
        os.close(fd)


@contextmanager
def _following(folder: str) -> Iterator[int]:
    path = _followed(folder)
    fd = _join(path)
    try:
        yield fd
    finally:
        with suppress(OSError):  # a BlockingIOError: others follow, too
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
            os.rmdir(os.path.dirname(path))
        os.close(fd)


def _join(path: str) -> int:
    """Open the followers' file so that nobody removes it any more."""
    while True:
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_SH)
        with suppress(OSError):
            if os.fstat(fd).st_ino == os.stat(path).st_ino:
                return fd
        os.close(fd)


def _events(data: bytes) -> Iterator[Event]:
    """A line that was cut off, or that somebody else wrote, is passed over."""
    for line in data.splitlines():
        with suppress(ValueError, TypeError):
            yield Event(**json.loads(line))
