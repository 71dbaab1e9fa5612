"""Starting the resolver with its ports already open.

Where it has ports to relay and no names to serve, nobody has to wait for its interpreter: we open
the sockets, the kernel lets callers wait in them, and the process finds them open. The lock is
handed over, too, so that it counts as alive from this moment.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping

from ..kernel.errors import KernelError
from .place import PORTS, program
from .ports import Port, open_port, ports
from .serve import take_lock

#: More than so many open files are not handed over.
_MOST = 256


def possible(folder: str, names: bool) -> bool:
    """Are there ports, not too many, and (if `names` are served) nothing else?"""
    count = sum(1 for _ in ports(folder))
    return not names and 0 < count <= _MOST


def start(folder: str, env: Mapping[str, str]) -> list[KernelError]:
    """Start it with all ports that can be opened; what is to be said of the others. Does
    nothing where another one was faster."""
    lock = take_lock(folder)
    if lock < 0:
        return []
    opened: list[int] = []
    failures: list[KernelError] = []
    try:
        for _, port in ports(folder):
            try:
                opened.append(open_port(port).detach())
            except OSError as error:
                failures.append(refusal(port, error))
        words = [str(fd) for fd in (lock, *opened)]
        for fd in (lock, *opened):
            os.set_inheritable(fd, True)
        _detached([sys.executable, "-I", "-S", program(), folder, "--handed", *words], env, lock)
    finally:
        for fd in (lock, *opened):
            os.close(fd)
    return failures


def refusal(port: Port, error: OSError) -> KernelError:
    """Why a port cannot be had, and how to find out more."""
    where = f"[{port.address}]:{port.number}" if ":" in port.address else port.address
    what = f"cannot listen on port {where}/{port.protocol}"
    see = f"ss -l{port.protocol[0]}np sport = :{port.number}"
    if error.errno == errno.EADDRINUSE:
        why = f"{where}/{port.protocol} is already allocated: a program on the host listens there"
        return KernelError(what, why, see)
    return KernelError(what, f"{where}/{port.protocol}: {os.strerror(error.errno or 0)}", see)


def _detached(words: list[str], env: Mapping[str, str], lock: int) -> None:
    """Run a program that is nobody's child and has no terminal; its pid goes into the lock."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        os.setsid()
        if not os.fork():
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            os.chdir("/")
            null = os.open("/dev/null", os.O_RDWR)
            for fd in range(3):
                os.dup2(null, fd)
            os.execve(words[0], words, env)
    finally:
        os._exit(0)


__all__ = ["PORTS", "possible", "refusal", "start"]
