"""The place where it is measured: a host of its own, quiet before every sample."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_CANARY = "canary"
_PATIENCE = 120.0  # seconds


class NotAlone(Exception):
    """This is somebody's machine, not one to build and measure on."""


def require_alone() -> None:
    """Raises `NotAlone` unless this network namespace is as empty as a new one."""
    links = [name for _, name in socket.if_nameindex() if name != "lo"]
    if os.geteuid() != 0 or not _quiet_kinds(links):
        raise NotAlone("benchmarks build whole networks: start them by ./scripts/bench")


def _quiet_kinds(links: list[str]) -> bool:
    """Only the tunnel devices that some kernels put into every namespace (tunl0, sit0 …)?"""
    return all(name.endswith("0") and not name.startswith(("eth", "wl")) for name in links)


def without_ipv6() -> None:
    """Switch IPv6 off on this host, for both sides: its neighbour discovery on every new
    cable is work of the kernel that has nothing to do with who asked for the cable."""
    for scope in ("all", "default"):
        path = Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6")
        if path.exists():
            path.write_text("1")


def settle() -> None:
    """Wait until the kernel has freed the namespaces that were removed.

    It does so in the background, one after the other, and slows down whatever is built
    meanwhile. A canary shows how far it is: a cable into a namespace that goes last. Cables
    of a batch of namespaces go early, the rest of it later; a second canary can only be in a
    batch after that.
    """
    for _ in range(2):
        _await_canary()


def _await_canary() -> None:
    ip("netns", "add", _CANARY)
    ip("link", "add", _CANARY, "type", "veth", "peer", "name", "eth0", "netns", _CANARY)
    ip("netns", "delete", _CANARY)
    limit = time.monotonic() + _PATIENCE
    while _exists(_CANARY):
        if time.monotonic() > limit:
            raise TimeoutError(f"the kernel did not free its namespaces in {_PATIENCE:g} s")
        time.sleep(0.005)


def _exists(link: str) -> bool:
    try:
        return socket.if_nametoindex(link) > 0
    except OSError:
        return False


def ip(*words: str) -> None:
    """Run `ip`; a failure ends the benchmark."""
    subprocess.run(("ip", *words), check=True)


def python(*words: str) -> tuple[str, ...]:
    """A command line for this Python as ./scripts/nsnet calls it."""
    return (sys.executable, "-sP", *words)
