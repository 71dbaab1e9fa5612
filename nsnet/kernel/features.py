"""What this kernel can do, found out by doing it in a network namespace that exists for that only.

A child does it, which then ends, and everything with it. (The kernel may load a module for what is
asked of it, as it would for the real thing.) An ordinary user's child is root of a user namespace:
what works there works in a sandbox.
"""

from __future__ import annotations

import errno
import json
import os
from typing import Any

from . import link
from .errors import PreconditionError
from .listing import Listing
from .netlink import Channel
from .nft import Nft
from .syscalls import CLONE_NEWNET, CLONE_NEWUSER, unshare

#: Kinds of interfaces.
KINDS = ("veth", "bridge", "macvlan", "ipvlan", "vxlan", "dummy", "vlan")

#: What of nftables is used, by name: a transaction that needs it.
RULES = {
    "nftables": "add table ip t; add chain ip t c { type filter hook forward priority 0; }",
    "nat": "add table ip t; add chain ip t c { type nat hook postrouting priority 100; }\n"
    "add rule ip t c masquerade",
    "fib": "add table ip t; add chain ip t c; add rule ip t c fib daddr type local counter",
    "ct": "add table ip t; add chain ip t c; add rule ip t c ct state established ct status dnat",
    "map": "add table ip t; add chain ip t c { type nat hook prerouting priority -100; }\n"
    "add map ip t m { type inet_proto . inet_service : ipv4_addr . inet_service; }\n"
    "add rule ip t c dnat ip to meta l4proto . th dport map @m",
    "nftrace": "add table ip t; add chain ip t c; add rule ip t c meta nftrace set 1",
    "nft-ip6": "add table ip6 t; add chain ip6 t c { type nat hook postrouting priority 100; }",
    "nft-bridge": "add table bridge t; add chain bridge t c { type filter hook forward priority "
    "-200; }\nadd rule bridge t c meta pkttype != host counter",
}


def probe(user: bool) -> dict[str, str]:
    """By feature (`KINDS`, `RULES`) why it is not there, "" where it is. ``nft`` is the library's
    version. Only ``namespace`` where no namespace can be made; `user`: in a user namespace."""
    return _in_child(lambda: _probe(user))


def user_namespaces() -> OSError | None:
    """May this user be root of a namespace of their own? None, or what the kernel refuses. (Where
    AppArmor forbids it, the namespace is made, but without rights: ip_forward tells.)"""
    found = _in_child(_try_user)
    number = int(found.get("errno", "0"))
    return OSError(number, os.strerror(number)) if number else None


def _in_child(work: Any) -> dict[str, str]:
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(hear)
            os.write(tell, json.dumps(work()).encode())
        except BaseException as error:
            os.write(tell, json.dumps({"namespace": str(error)}).encode())
        finally:
            os._exit(0)
    os.close(tell)
    with open(hear, "rb") as file:
        text = file.read()
    os.waitpid(child, 0)
    found: dict[str, str] = json.loads(text or b"{}")
    return found


def _try_user() -> dict[str, str]:
    try:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        channel = Channel()
        link.set_up(channel, "lo", None)
        failures = channel.flush()
    except OSError as error:
        return {"errno": str(error.errno)}
    return {"errno": str(failures[0][1])} if failures else {}


def _probe(user: bool) -> dict[str, str]:
    try:
        unshare(CLONE_NEWNET | (CLONE_NEWUSER if user else 0))
    except OSError as error:
        return {"namespace": error.strerror or str(error)}
    found = {kind: _kind(kind) for kind in KINDS}
    try:
        found["nft"] = version()
    except PreconditionError as error:
        return found | dict.fromkeys(RULES, str(error))
    for name, text in RULES.items():
        nft = Nft()
        found[name] = nft.run(text.replace("; add ", "\nadd "))
        nft.run("flush ruleset")
    return found


def _kind(kind: str) -> str:
    """An incomplete request is refused in another way than one for an unknown kind."""
    channel = Channel()
    try:
        link.add_link(channel, f"try-{kind}", 0, kind, None)
        codes = [code for _, code, _ in channel.flush()]
    finally:
        channel.close()
    refused = errno.EOPNOTSUPP in codes or errno.EPERM in codes
    return os.strerror(codes[0]) if refused else ""


def version() -> str:
    """The version of libnftables. Raises `PreconditionError` where it is missing."""
    return Listing().version()


__all__ = ["KINDS", "RULES", "probe", "user_namespaces", "version"]
