"""Intent, as kept under /run/nsnet: which topologies are up, and every choice made for them.

The kernel is the truth; this is only what the kernel does not say. It lies on a tmpfs, so
it goes with a reboot as the kernel's objects do, and there is one folder for each network
namespace that plays the host.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from ..kernel import files
from ..kernel.apply import Stopped
from ..kernel.errors import KernelError
from ..kernel.process import Process
from ..plan.before import Before
from ..topology.codec import plain, restore
from ..topology.layout import Layout
from ..value import Mutable, field
from .cursors import Cursors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROOT = "/run/nsnet"
_VERSION = 1
_LOCK_WAIT = 30.0  # seconds


class Record(Mutable, frozen=False):
    """A topology on this host. `complete` is false while it is being built or taken down:
    whoever finds it so knows that somebody was interrupted. `leftovers` are layouts that it
    had before, of which something may still be there until it is complete."""

    layout: Layout
    complete: bool = False
    created: float = 0.0
    processes: dict[str, Process] = field(default_factory=dict)
    leftovers: list[Layout] = field(default_factory=list)

    def traces(self) -> list[Layout]:
        """Every layout of which something may be there."""
        return [self.layout, *self.leftovers]


class State(Mutable, frozen=False):
    """Everything nsnet knows about one host. `prepared` says that we made the mount point
    /run/netns, and so have to take it away with the last topology."""

    before: Before | None = None
    prepared: bool = False
    cursors: Cursors = field(default_factory=Cursors)
    records: dict[str, Record] = field(default_factory=dict)
    #: Layouts as they stand in the file, by their `id`: an edit changes one of many.
    _plain: dict[int, tuple[Layout, Any]] = field(default_factory=dict, compare=False)

    def plain(self, layout: Layout) -> Any:
        """`layout` for JSON."""
        known = self._plain.get(id(layout))
        if known is None or known[0] is not layout:
            known = self.remember(layout, plain(layout))
        return known[1]

    def remember(self, layout: Layout, data: Any) -> tuple[Layout, Any]:
        """That `data` is what `layout` is in JSON. (It is kept, so that no other gets its id.)"""
        self._plain[id(layout)] = (layout, data)
        return layout, data

    def layouts(self, but: str = "") -> list[Layout]:
        """The layouts of all topologies except `but`."""
        return [each for name, r in self.records.items() if name != but for each in r.traces()]

    def processes(self) -> dict[str, Process]:
        """The processes of all containers."""
        return {
            name: process
            for record in self.records.values()
            for name, process in record.processes.items()
        }


def place(host: str) -> str:
    """The folder of a host, by `host_id`."""
    return f"{ROOT}/{host}"


def load(folder: str) -> State:
    """The state in `folder`; an empty one where there is none.

    Raises `KernelError` if it cannot be read or understood.
    """
    path = f"{folder}/state.json"
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        return _decode(data)
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise KernelError(
            f"cannot read the state in {path}",
            f"{type(error).__name__}: {error}",
            "nsnet clean removes everything of nsnet without it",
        ) from None


def claimed_elsewhere(folder: str) -> dict[str, str]:
    """Containers of the other hosts of this machine, with their hosts: the names of network
    namespaces are seen by all of them."""
    claimed: dict[str, str] = {}
    for name in os.listdir(ROOT) if os.path.isdir(ROOT) else ():
        if f"{ROOT}/{name}" != folder and os.path.isdir(f"{ROOT}/{name}"):
            with suppress(KernelError):
                for layout in load(f"{ROOT}/{name}").layouts():
                    claimed |= {c.name: name for c in layout.topology.containers}
    return claimed


def save(folder: str, state: State) -> None:
    """Keep `state`; an empty one leaves no folder behind."""
    if not state.records:
        _leave(folder)
        return
    text = json.dumps(_encode(state), separators=(",", ":"))
    files.write(f"{folder}/state.json", text, mode=0o600)


def _leave(folder: str) -> None:
    """Remove the folder of a host, all but what is broken on purpose (`engine.faults`)."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    import shutil  # loads every archive format that there is

    if "faults.json" not in names:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name in names:
        if name == "state.json":
            os.unlink(f"{folder}/{name}")
        elif name != "faults.json":
            shutil.rmtree(f"{folder}/{name}", ignore_errors=True)


def _encode(state: State) -> dict[str, object]:
    return {
        "version": _VERSION,
        "before": plain(state.before) if state.before else None,
        "prepared": state.prepared,
        "cursors": plain(state.cursors),
        "records": {
            name: {
                "layout": state.plain(record.layout),
                "leftovers": [state.plain(each) for each in record.leftovers],
                "complete": record.complete,
                "created": record.created,
                "processes": {key: plain(p) for key, p in record.processes.items()},
            }
            for name, record in state.records.items()
        },
    }


def _decode(data: dict[str, Any]) -> State:
    if data["version"] != _VERSION:
        raise ValueError(f"written by another version of nsnet (format {data['version']})")
    state = State(prepared=bool(data["prepared"]))
    state.cursors = restore(Cursors, data.get("cursors", {}))
    if data["before"]:
        state.before = restore(Before, data["before"])
    for name, each in data["records"].items():
        processes = {key: restore(Process, p) for key, p in each["processes"].items()}
        layout = restore(Layout, each["layout"])
        state.remember(layout, each["layout"])
        leftovers = [restore(Layout, old) for old in each["leftovers"]]
        made = (each["complete"], float(each["created"]))
        state.records[name] = Record(layout, *made, processes, leftovers)
    return state


@contextmanager
def locked(folder: str, stopping: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold the host's lock: one nsnet at a time changes a host.

    Raises `KernelError` if another one keeps it for over 30 seconds, `Stopped` if the user
    would not wait so long.
    """
    path = f"{folder}.lock"
    fd = _acquire(path, stopping)
    try:
        yield
    finally:
        if not os.path.isdir(folder):
            with suppress(OSError):
                os.unlink(path)
                os.rmdir(ROOT)
        os.close(fd)


def _acquire(path: str, stopping: Callable[[], bool]) -> int:
    limit = time.monotonic() + _LOCK_WAIT
    while True:
        try:
            os.makedirs(ROOT, mode=0o755, exist_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            continue  # whoever held it last has just removed the folder
        except OSError as error:
            raise KernelError(f"cannot open {path}", os.strerror(error.errno or 0)) from None
        if _try(fd) and _still(fd, path):
            with suppress(OSError):  # who holds it is good to know, but no more than that
                os.ftruncate(fd, 0)
                os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
            return fd
        holder = os.pread(fd, 32, 0).decode().strip()
        os.close(fd)
        if stopping():
            raise Stopped(())
        if time.monotonic() > limit:
            raise KernelError("another nsnet is at work on this host", f"pid {holder} holds {path}")
        time.sleep(0.01)


def _try(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _still(fd: int, path: str) -> bool:
    """Is what we locked still what `path` names? The last user removes it."""
    try:
        return os.fstat(fd).st_ino == os.stat(path).st_ino
    except FileNotFoundError:
        return False
