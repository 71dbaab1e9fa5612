"""The host's own resolver settings."""

from __future__ import annotations

from .observe import file_text

_PATH = "/etc/resolv.conf"
#: Where systemd-resolved keeps what it asks itself (systemd-resolved(8), "/etc/resolv.conf").
_BEHIND_RESOLVED = "/run/systemd/resolve/resolv.conf"


def host_resolv_conf() -> str:
    """The host's resolv.conf; where it names only systemd-resolved's 127.0.0.53, the one with
    the servers behind it (as Docker does). Empty if there is none (resolv.conf(5))."""
    text = file_text(_PATH) or ""
    words = [line.split() for line in text.splitlines()]
    servers = [line[1] for line in words if line[:1] == ["nameserver"] and len(line) > 1]
    if servers == ["127.0.0.53"]:
        return file_text(_BEHIND_RESOLVED) or text
    return text
