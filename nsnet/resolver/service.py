"""Starting, asking and ending the resolver of a host: what the rest of nsnet uses.

`folder` is always the host's state folder, ``/run/nsnet/<host>``; below it, the folder ``names``
has one JSON file per container (see docs/architecture.md). The process (two of them, see
`serve`) belongs to nobody: it runs until it is stopped, or ``names`` is removed.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from ..kernel.errors import KernelError
from . import standby
from .place import CONTROL, LOCK, LOG, NAMES, PORTS, marks, program

__all__ = [
    "alive",
    "await_closed",
    "await_served",
    "begin",
    "begin_stop",
    "pids",
    "port_refusal",
    "start",
    "start_command",
    "stop",
]

_START_TIME, _STOP_TIME, _PORT_TIME = 10.0, 5.0, 1.0
_PAUSE, _MOMENT = 0.002, 0.5
_AT_ONCE = 400  # names in one message

#: Folders whose resolver has been told to end.
_stopping: set[str] = set()


def start_command(folder: str) -> tuple[str, ...]:
    """The command that runs the resolver until it is ended, as a person could type it. With
    ``--detach`` behind it, it returns as soon as names are served, and the resolver stays.

    It runs in the network namespace that it is started in, which must be the host's."""
    return (sys.executable, "-I", "-S", program(), folder)


def start(folder: str) -> None:
    """Start the resolver, unless it runs; returns when it serves all files of ``names`` that
    can be served, and callers of all ``ports`` are taken. Nothing of the caller's is inherited
    but its namespaces.

    Raises `KernelError` if it does not start, or without one of the ports.
    """
    for name in (NAMES, PORTS):
        os.makedirs(f"{folder}/{name}", exist_ok=True)
    limit = time.monotonic() + _START_TIME
    why = ""
    if not alive(folder) and _told(folder, PORTS):
        from . import handover

        if handover.possible(folder, bool(_told(folder, NAMES))):
            for failure in handover.start(folder, _environment(folder)):
                raise failure
            return
    while time.monotonic() < limit and not why:
        if not alive(folder):
            why = _launch(folder)
        if _served(folder, ()) is not None:
            _check_ports(folder)
            return
        time.sleep(_PAUSE)
    stop(folder)
    raise KernelError("cannot start the resolver", why or "it gives no answer")


def _told(folder: str, of: str) -> bool:
    """Is there a file that tells of names, or of ports?"""
    try:
        return any(name.endswith(".json") for name in os.listdir(f"{folder}/{of}"))
    except OSError:
        return False


def _check_ports(folder: str) -> None:
    """Raises `KernelError` for a port that is not open."""
    if not _told(folder, PORTS):
        return
    from . import ports

    names = [f"{PORTS}/{name}" for name, _ in ports.ports(folder)]
    for missing in await_served(folder, names, _PORT_TIME):
        raise port_refusal(folder, missing.removeprefix(f"{PORTS}/"))


def port_refusal(folder: str, name: str) -> KernelError:
    """Why the resolver does not have the port of this file."""
    from . import handover, ports

    port = dict(ports.ports(folder)).get(name)
    try:
        if port:
            ports.open_port(port).close()
    except OSError as error:
        return handover.refusal(port, error) if port else KernelError(str(error))
    return KernelError(f"cannot listen on port {name}", "the resolver does not take it")


def begin(folder: str) -> None:
    """It is going to be started: have its interpreter begin now. Does not wait. The thread has to
    be in the host's namespace; `standby.release` is called when all is done."""
    standby.begin(folder, start_command(folder), _environment(folder))


def _launch(folder: str) -> str:
    """Start the program, which returns when it serves; why it could not, as far as it is known.
    (That somebody else was faster is no reason.)"""
    import subprocess

    if standby.serve(folder):
        return ""
    done = subprocess.run(
        [*start_command(folder), "--detach"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(folder),
        start_new_session=True,
        check=False,
    )
    said = done.stderr
    with suppress(OSError), open(f"{folder}/{LOG}", "rb") as file:
        said += file.read()
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines and done.returncode > 1 else ""


def alive(folder: str) -> bool:
    """Does this host's resolver run? (Its lock is held, by either process.)"""
    try:
        fd = os.open(f"{folder}/{LOCK}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(fd)


def pids(folder: str) -> tuple[int, ...]:
    """The supervising and the serving process; empty if there is none."""
    if not alive(folder):
        return ()
    try:
        with open(f"{folder}/{LOCK}", encoding="utf-8") as file:
            found = [int(word) for word in file.read().split()]
    except (OSError, ValueError):
        return ()
    return tuple(pid for pid in found if _is_resolver(pid, folder))


def begin_stop(folder: str) -> None:
    """Tell the resolver to end, and do not wait: `stop` has to follow. Its sockets go with it, so
    nobody has to wait for them any more (`await_closed`)."""
    _stopping.add(folder)
    with _handles(folder) as handles:
        _signal(handles, signal.SIGTERM)


def stop(folder: str) -> None:
    """End the resolver; returns when both processes and all of their sockets have gone.

    Raises `KernelError` if they do not end.
    """
    _stopping.discard(folder)
    began = time.monotonic()
    while alive(folder):
        if time.monotonic() > began + _STOP_TIME:
            raise KernelError("cannot stop the resolver", f"it still holds {folder}/{LOCK}")
        with _handles(folder) as handles:
            if time.monotonic() > began + _STOP_TIME / 2:
                _kill(handles)
            else:
                _signal(handles, signal.SIGTERM)
            _await_end(handles)
    for name in (CONTROL, LOCK, LOG):
        with suppress(OSError):
            os.unlink(f"{folder}/{name}")


def await_served(folder: str, names: Iterable[str], seconds: float = 2.0) -> list[str]:
    """Wait until these containers are served by what their files tell now. The names that are
    not, after `seconds`: an empty list is success."""
    return _await(folder, list(names), True, seconds)


def await_closed(folder: str, names: Iterable[str], seconds: float = 2.0) -> list[str]:
    """Wait until the resolver has left these containers' namespaces, once their files have
    been removed. The names that it still serves after `seconds`; none if it does not run."""
    return [] if folder in _stopping else _await(folder, list(names), False, seconds)


def _await(folder: str, names: list[str], wanted: bool, seconds: float) -> list[str]:
    limit = time.monotonic() + seconds
    while names:
        served = _served(folder, names)
        if served is None and not alive(folder):
            return names if wanted else []
        if served is not None:
            names = [each for each in names if (each in served) is not wanted]
        if not names or time.monotonic() > limit:
            break
        time.sleep(_PAUSE)
    return names


def _served(folder: str, names: Sequence[str]) -> set[str] | None:
    """Which of these are served; None if nobody answers."""
    import json  # `alive` is called by every command: it shall not wait for these.
    import socket

    try:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    found: set[str] = set()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
        try:
            sock.settimeout(2.0)
            sock.connect(f"/proc/self/fd/{at}/{CONTROL}")
            for i in range(0, len(names) or 1, _AT_ONCE):
                sock.send(json.dumps(names[i : i + _AT_ONCE]).encode())
                found |= set(json.loads(sock.recv(1 << 17)))
        except (OSError, ValueError):
            return None
        finally:
            os.close(at)
    return found


def _environment(folder: str) -> dict[str, str]:
    kept = ("PATH", "LD_LIBRARY_PATH")
    return {**{key: os.environ[key] for key in kept if key in os.environ}, **marks(folder)}


def _is_resolver(pid: int, folder: str) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            words = file.read().split(b"\0")
    except OSError:
        return False
    return all(f"{key}={value}".encode() in words for key, value in marks(folder).items())


@contextmanager
def _handles(folder: str) -> Iterator[list[int]]:
    """pidfds of both processes."""
    handles = []
    try:
        for pid in pids(folder):
            with suppress(ProcessLookupError):
                handles.append(os.pidfd_open(pid))
                if not _is_resolver(pid, folder):
                    os.close(handles.pop())
        yield handles
    finally:
        for handle in handles:
            os.close(handle)


def _signal(handles: list[int], number: int) -> None:
    for handle in handles:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, number)


def _await_end(handles: list[int]) -> None:
    """Wait a moment for all of these to end."""
    poller = select.poll()
    left = set(handles)
    for handle in handles:
        poller.register(handle, select.POLLIN)
    limit = time.monotonic() + _MOMENT
    while left and time.monotonic() < limit:
        for handle, _ in poller.poll(_MOMENT * 1e3):
            poller.unregister(handle)
            left.discard(handle)
    if not handles:
        time.sleep(_PAUSE)


def _kill(handles: list[int]) -> None:
    """Neither may see the other one's end."""
    _signal(handles, signal.SIGSTOP)
    _signal(handles, signal.SIGKILL)
