"""Network stacks to look out of, and the outside machine that a recording needs.

The prober stays in its own process: a socket belongs to the network namespace that it was opened
in (namespaces(7)), so one event loop can ask from, and answer in, every container at once.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nsnet.kernel.syscalls import CLONE_NEWNET, setns

#: The host, the machine beside it, and the name server of the host's resolv.conf.
HOST, HOST6 = "203.0.113.1", "2001:db8:203::1"
OUTSIDE, OUTSIDE6 = "203.0.113.2", "2001:db8:203::2"
UPSTREAM = "10.255.255.53"
#: What the outside machine routes through the host: every address that a container can have.
_PRIVATE = ("172.16.0.0/12", "192.168.0.0/16", "10.0.0.0/8")


@dataclass(frozen=True, slots=True)
class Place:
    """One network stack: the file that stands for it, and the folder where its /etc is."""

    name: str
    namespace: str
    root: str = "/"

    def socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """A non-blocking socket in here."""
        with entered(self.namespace):
            made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    def read(self, path: str) -> str:
        """A file as the processes in here see it; "" if there is none."""
        try:
            return Path(self.root + path).read_text(encoding="utf-8")
        except OSError:
            return ""

    def run(self, *command: str) -> str:
        """Standard output of a command in here."""
        words = ["nsenter", f"--net={self.namespace}", *command]
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout


@contextmanager
def entered(namespace: str) -> Iterator[None]:
    """This thread in another network namespace."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        there = os.open(namespace, os.O_RDONLY)
        try:
            setns(there, CLONE_NEWNET)
            try:
                yield
            finally:
                setns(home, CLONE_NEWNET)
        finally:
            os.close(there)
    finally:
        os.close(home)


def here() -> str:
    """The file that stands for this thread's network namespace."""
    return f"/proc/{os.getpid()}/task/{_thread()}/ns/net"


def _thread() -> str:
    return os.readlink("/proc/thread-self").rpartition("/")[2]


@contextmanager
def outside(host: str, name: str = "outside") -> Iterator[Place]:
    """A machine beside `host` (a namespace's file): 203.0.113.2 at its only cable, with routes
    back to every private address, so that what does not arrive was stopped by the host."""
    at_host = ["nsenter", f"--net={host}", "ip"]
    inside = ["ip", "-n", name]
    _do("ip", "netns", "add", name)
    try:
        _do(*inside, "link", "set", "lo", "up")
        _do(*at_host, "link", "add", "ext0", "type", "veth", "peer", "name", "eth0", "netns", name)
        for who, device, v4, v6, other in (
            (at_host, "ext0", HOST, HOST6, (OUTSIDE, OUTSIDE6)),
            (inside, "eth0", OUTSIDE, OUTSIDE6, None),
        ):
            _do(*who, "address", "add", f"{v4}/24", "dev", device)
            _do(*who, "address", "add", f"{v6}/64", "dev", device, "nodad")
            _do(*who, "link", "set", device, "up")
            if other:
                _do(*who, "route", "add", "default", "via", other[0])
                _do(*who, "-6", "route", "add", "default", "via", other[1])
        _do(*inside, "address", "add", f"{UPSTREAM}/32", "dev", "lo")
        for subnet in _PRIVATE:
            _do(*inside, "route", "add", subnet, "via", HOST)
        _do(*inside, "-6", "route", "add", "fd00::/8", "via", HOST6)
        yield Place("ext", f"/run/netns/{name}")
    finally:
        subprocess.run([*at_host, "link", "delete", "ext0"], capture_output=True, check=False)
        subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
