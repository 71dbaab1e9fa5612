"""What the kernel has no event for, read in a form that is cheap to compare (`Changes.poll`).

These are settings that rtnetlink leaves out, sockets that wait for calls, namespaces without a
name, and the files that `ip netns exec` puts over /etc.
"""

from __future__ import annotations

import os
from contextlib import suppress

from .. import netns, sysctl
from ..errors import NotFound
from ..inside import inside
from ..survey import listeners, spaces

_SETTINGS = (
    "net.ipv4.icmp_echo_ignore_all",
    "net.ipv6.conf.all.disable_ipv6",
    "net.bridge.bridge-nf-call-iptables",
    "net.bridge.bridge-nf-call-ip6tables",
)
_OF_INTERFACES = ("route_localnet", "proxy_arp")
_FILES = "/etc/netns"


def unheard() -> object:
    """All of it, of the namespace that this thread is in and of all that have a name."""
    named = {}
    for name, inode in netns.names().items():
        if inode:
            with suppress(NotFound, OSError), inside(netns.path(name)):
                named[name] = _there()
    return _there(), named, _bare(), _files()


def _there() -> object:
    waiting = sorted((x.protocol, x.address, x.port) for x in listeners.read())
    return waiting, [sysctl.read(each) for each in _SETTINGS], _of_interfaces()


def _of_interfaces() -> list[list[str | None]]:
    names = sysctl.children("net", "ipv4", "conf")
    keys = [sysctl.key("net", "ipv4", "conf", name) for name in names]
    return [[sysctl.read(f"{key}.{each}") for each in _OF_INTERFACES] for key in keys]


def _bare() -> list[str]:
    """Namespaces that live by their processes alone."""
    return sorted(key for key in spaces.find() if key.startswith("pid:"))


def _files() -> list[tuple[str, int, int]]:
    found = []
    for folder, _, files in os.walk(_FILES):
        for name in files:
            with suppress(OSError):
                path = os.path.join(folder, name)
                status = os.stat(path)
                found.append((path, status.st_mtime_ns, status.st_size))
    return sorted(found)
