"""The machine that the recordings were made on, with nsnet on it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docker.engine import Engine, nsnet
from tests.docker.places import UPSTREAM, Place, here, outside

BRIDGE = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")
_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")


@contextmanager
def machine(folder: Path, netfilter: str = "1") -> Iterator[tuple[Engine, Place]]:
    """nsnet on the recordings' host: an outside machine, its name server in resolv.conf, and
    br_netfilter's setting (where the kernel has it)."""
    settings = {_FORWARD: _FORWARD.read_text()}
    if BRIDGE.exists():
        settings[BRIDGE] = BRIDGE.read_text()
        BRIDGE.write_text(netfilter)
    resolv = folder / "resolv.conf"
    resolv.write_text(f"nameserver {UPSTREAM}\n")
    subprocess.run(["mount", "--bind", str(resolv), "/etc/resolv.conf"], check=True)
    try:
        host = Place("host", here())
        with outside(host.namespace) as beside:
            yield nsnet(host), beside
    finally:
        subprocess.run(["umount", "/etc/resolv.conf"], check=True)
        for path, text in settings.items():
            path.write_text(text)
