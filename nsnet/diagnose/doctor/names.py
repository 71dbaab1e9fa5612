"""Names: whom containers' questions are passed on to, and by whom."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...kernel import resolvconf
from ...resolver import service
from ...resolver.place import NAMES, PORTS
from .finding import BROKEN, NOTE, OK, WARNING, Finding
from .machine import Machine


def check(machine: Machine) -> Iterator[Finding]:
    """The host's name servers, then nsnet's resolver."""
    yield servers(machine.text("/etc/resolv.conf"), resolvconf.host_resolv_conf())
    told = [name for name in (NAMES, PORTS) if _holds(f"{machine.folder}/{name}")]
    if not told:
        yield Finding(OK, "resolver", "no container needs the resolver")
    elif service.alive(machine.folder):
        yield Finding(OK, "resolver", "the resolver runs")
    else:
        yield Finding(
            BROKEN,
            "resolver",
            "the resolver does not run",
            "containers know no names, and IPv6 callers of published ports get no answer",
            ("sudo nsnet ps",),
        )


def _holds(folder: str) -> bool:
    try:
        return any(name.endswith(".json") for name in os.listdir(folder))
    except OSError:
        return False


def servers(text: str, behind: str) -> Finding:
    """The host's resolv.conf, and the one behind systemd-resolved's stub (the same, without)."""
    own, real = resolvconf.servers(text), resolvconf.servers(behind)
    if not own:
        return Finding(
            WARNING,
            "dns",
            "/etc/resolv.conf names no name server",
            "containers ask 8.8.8.8 and 8.8.4.4, as with Docker, or nobody where these are shut",
            ("nsnet run --dns ADDRESS …",),
        )
    if own == ["127.0.0.53"] and real != own:
        what = f"systemd-resolved answers the host; containers' questions go to {', '.join(real)}"
        return Finding(OK, "dns", what)
    if all(each.startswith("127.") or each == "::1" for each in own):
        return Finding(
            NOTE,
            "dns",
            f"the name server is on the host's own loopback ({', '.join(own)})",
            "containers of the default bridge ask 8.8.8.8 instead, as with Docker; those of other "
            "networks are asked for from the host",
            ('dns = ["ADDRESS"] in /etc/nsnet/config.toml',),
        )
    return Finding(OK, "dns", f"name servers: {', '.join(own)}")
