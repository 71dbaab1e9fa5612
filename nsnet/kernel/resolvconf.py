"""resolv.conf(5): the name servers in it, and the host's own."""

from __future__ import annotations

import os
from contextlib import suppress

from .mounts import UPPER_ETC
from .observe import file_text

_PATH = "/etc/resolv.conf"
#: Where systemd-resolved keeps what it asks itself (systemd-resolved(8), "/etc/resolv.conf").
_BEHIND_RESOLVED = "/run/systemd/resolve/resolv.conf"


def servers(text: str) -> list[str]:
    """The name servers of a resolv.conf, in their order."""
    lines = (line.split() for line in text.splitlines())
    return [words[1] for words in lines if words[:1] == ["nameserver"] and len(words) > 1]


def host_resolv_conf() -> str:
    """The host's resolv.conf; where it names only systemd-resolved's 127.0.0.53, the one with
    the servers behind it (as Docker does). Empty if there is none (resolv.conf(5))."""
    text = file_text(_PATH) or ""
    if servers(text) == ["127.0.0.53"]:
        return file_text(_BEHIND_RESOLVED) or text
    return text


def set_in_sandbox(text: str) -> None:
    """Let a sandbox have a resolv.conf of its own. Does nothing where /etc is the machine's."""
    if not os.path.isdir(UPPER_ETC):
        return
    with suppress(FileNotFoundError):
        os.unlink(_PATH)  # Anew: the machine's may be a link, and belong to somebody unknown here.
    with open(_PATH, "w", encoding="utf-8") as file:
        file.write(text)
