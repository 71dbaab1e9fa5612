"""``looks_up``: what a room is told when it looks a name up.

    looks_up: {from: web, name: db, is: 172.18.0.3}
    looks_up: {from: web, name: example.com, id: DNS.NO_FORWARD}      # whatever address
    looks_up: {from: web, name: mail, unknown: true, id: DNS.LEAK}    # there is no such name

A real question, as the room's programs would ask it: its hosts file goes first (that passes with a
remark), then the name servers of its resolv.conf. `id` is the diagnosis where the answer is another
one; that nobody answers is told by what is the matter with the resolver. `unknown` needs an answer
as well, so it is its own control.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...diagnose.findings import Broken
from ..situation import Situation
from ..verdict import Verdict
from ._asked import missing
from ._given import known, one
from ._lookup import Lookup, lookup


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is it told what it should be?"""
    known(given, "from", "name", "is", "unknown", "id")
    source, name = str(one(given, "from")), str(one(given, "name"))
    at.look()
    absent = missing(at, source)
    if absent:
        return Verdict(False, absent)
    found = lookup(at, source, name)
    broken = found.broken or _other(at, found, given)
    if broken:
        return Verdict(False, broken, (found.line(at),))
    remarks = (_by_file(found),) if found.server == "hosts" else ()
    return Verdict(True, None, (found.line(at),), remarks)


def _other(at: Situation, found: Lookup, given: Mapping[str, Any]) -> Broken | None:
    """Is it told something else?"""
    see = (f"ip netns exec {found.space} getent hosts {found.name}",)
    facts = {"space": found.space, "name": found.name, "server": found.server}
    if given.get("unknown"):
        if not found.addresses:
            return None
        id = str(given.get("id", "DNS.LEAK"))
        return Broken(id, "name", facts | {"address": found.addresses[0]}, see)
    if not found.addresses:
        return Broken(str(given.get("id", "DNS.NXDOMAIN")), "name", facts, see)
    wanted = str(given.get("is", ""))
    if not wanted or wanted in found.addresses:
        return None
    return Broken("DNS.STALE", "name", facts | {"address": found.addresses[0], "now": wanted}, see)


def _by_file(found: Lookup) -> Broken:
    facts = {"space": found.space, "name": found.name}
    see = (f"ip netns exec {found.space} cat /etc/hosts",)
    return Broken("DNS.HOSTS_FILE", "name", facts, see)
