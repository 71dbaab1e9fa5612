"""Looking a name up as a room's own programs would: its hosts file, then its name servers."""

from __future__ import annotations

import time
from ipaddress import ip_address

from ...diagnose.findings import Broken
from ...diagnose.ladder.names import in_hosts, servers_in
from ...diagnose.probe import Answer, Probe
from ...diagnose.prober import probe
from ...diagnose.reach.dns import PORT, meaning, query
from ...kernel import namefiles
from ...kernel.survey.model import Listener, Space
from ...resolver import wire
from ...value import Value
from ..situation import Situation

#: A server that has only just been started is given so long, in seconds; each question, so long.
_PATIENCE, _WAIT = 1.6, 0.6
#: Name servers that are asked at most (resolv.conf(5), MAXNS).
_MOST = 3


class Lookup(Value):
    """What came of it: the `addresses` (none: there is no such name), and the `server` that said
    so (``hosts`` for the file). `broken`: nobody has said anything."""

    space: str
    name: str
    addresses: tuple[str, ...] = ()
    server: str = ""
    broken: Broken | None = None

    def line(self, at: Situation) -> str:
        """In words."""
        if self.broken:
            return at.say("looks-up", space=self.space, name=self.name, came=at.say("timeout"))
        by = at.say("hosts-file") if self.server == "hosts" else self.server
        came = f"{', '.join(self.addresses) or at.say('no-such-name')} ({by})"
        return at.say("looks-up", space=self.space, name=self.name, came=came)


def lookup(at: Situation, name: str, wanted: str) -> Lookup:
    """Look `wanted` up in the room `name`."""
    at.look()
    space = at.survey.spaces()[at.key(name) or ""]
    found = in_hosts(namefiles.of(space, "hosts"), wanted)
    if found:
        return Lookup(name, wanted, tuple(found), "hosts")
    servers = servers_in(namefiles.of(space, "resolv.conf"))[:_MOST]
    see = (f"ip netns exec {name} cat /etc/resolv.conf",)
    if not servers:
        facts = {"space": name, "name": wanted}
        return Lookup(name, wanted, broken=Broken("DNS.NO_SERVER", "name", facts, see))
    last = None
    limit = time.monotonic() + _PATIENCE
    while last is None or time.monotonic() < limit:
        if last is not None:
            time.sleep(0.1)
        for server in servers:
            last = _ask(at, space, server, wanted)
            if last.ok:
                code, text = meaning(query(wanted, wire.A), last.data, ())
                if code != "failed":
                    return Lookup(name, wanted, tuple(text.split()), server)
    return Lookup(name, wanted, broken=_silent(at, space, servers[0], wanted, last))


def _ask(at: Situation, space: Space, server: str, wanted: str) -> Answer:
    question = query(wanted, wire.A)
    one = Probe(space.key, "udp", server, PORT, timeout=_WAIT, data=question)
    try:
        return probe(at.stack, one, at.survey.paths())
    finally:
        at.stack.enter("")


def _silent(at: Situation, space: Space, server: str, wanted: str, last: Answer) -> Broken:
    """Why does the server say nothing?"""
    facts: dict[str, str | int] = {"space": space.label, "server": server, "name": wanted}
    inside = f"ip netns exec {space.label} "
    see = (f"{inside}ss -lunp", f"{inside}nft list ruleset")
    if ip_address(server).is_loopback:
        at.look()
        own = [x for x in at.survey.listeners(space.key) if x.protocol == "udp"]
        if own and not any(_hears(x, server) for x in own):
            facts["found"] = f"{own[0].address}:{own[0].port}"
            return Broken("DNS.NOT_REDIRECTED", "name", facts, see)
        other = None if own else _elsewhere(at, space, server)
        if other is not None:
            facts["other"] = other
            return Broken("DNS.WRONG_NS", "name", facts, see[:1])
    came = last.code if not last.ok else "an error"
    return Broken("DNS.SILENT", "name", facts | {"came": came}, see)


def _hears(one: Listener, server: str) -> bool:
    return one.port == PORT and one.address in (server, "0.0.0.0", "::")


def _elsewhere(at: Situation, space: Space, server: str) -> str | None:
    """Another room in which a program listens at this loopback address, and not for itself."""
    for key, each in at.survey.spaces().items():
        own = key and server in servers_in(namefiles.of(each, "resolv.conf"))
        if key == space.key or own:
            continue
        if any(x.protocol == "udp" and x.address == server for x in at.survey.listeners(key)):
            return each.label
    return None
