"""Hearing of every change to this machine's network, by the kernel's own events.

The kernel tells whoever asks: rtnetlink(7) of interfaces, addresses, routes and settings,
nfnetlink of the firewall, inotify(7) and /proc/…/mountinfo of namespaces that come and go. Nobody
has to look again and again; what the kernel does not tell of is polled (`Changes.poll`).
"""

from __future__ import annotations

from .changes import POLLED, Changes
from .picture import PICTURED

__all__ = ["PICTURED", "POLLED", "Changes"]
