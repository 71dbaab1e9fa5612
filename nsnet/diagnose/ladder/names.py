"""The rung of the name: who is it, for the one who asks? As its own programs would find out: the
hosts file first, then the servers of its resolv.conf."""

from __future__ import annotations

from ipaddress import ip_address

from ...kernel import namefiles
from ...kernel.resolvconf import servers
from ...resolver import wire
from ..findings import RUNGS, Broken
from ..place import Target
from ..probe import Answer, Probe
from ..prober import probe
from ..reach.dns import PORT, meaning, query
from . import address, link
from .case import Case
from .climb import ends, stack
from .routing import family_of
from .see import at

#: A name server is given so long, in seconds.
_WAIT = 0.8
#: How many servers are asked at most (resolv.conf(5), MAXNS).
_MOST = 3


def resolved(case: Case) -> Broken | None:
    """Look the name up and note its address in the case ("" if there is none), or say what is
    wrong."""
    name, case.address = case.target.name, ""
    space = case.survey.spaces()[case.space]
    found = in_hosts(namefiles.of(space, "hosts"), name)
    server = "hosts"
    if not found:
        named = servers_in(namefiles.of(space, "resolv.conf"))
        if not named:
            return Broken("DNS.NO_SERVER", "name", _facts(case), _see(case))
        found, server, broken = _asked(case, name, named)
        if broken:
            return broken
    case.address = _own_choice(case, found)
    return _right(case, server)


def in_hosts(text: str, name: str) -> list[str]:
    """The addresses that a hosts file has for a name."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [words[0] for words in lines if name.lower() in (x.lower() for x in words[1:])]


def servers_in(text: str) -> list[str]:
    """The name servers of a resolv.conf, without the interfaces of link-local ones."""
    return [each.partition("%")[0] for each in servers(text)]


def _asked(case: Case, name: str, named: list[str]) -> tuple[list[str], str, Broken | None]:
    """What the servers say: addresses, and who said so."""
    last: Answer | None = None
    for server in named[:_MOST]:
        for kind in (wire.A, wire.AAAA):
            question = query(name, kind)
            last = _ask(case, server, question)
            if not last.ok:
                break
            code, text = meaning(question, last.data, ())
            if text:
                return text.split(), server, None
            if code == "failed":
                break
        else:
            return [], server, _unknown(case, server)
    assert last is not None
    return [], named[0], _silent(case, named[0], last)


def _ask(case: Case, server: str, question: bytes) -> Answer:
    one = Probe(case.space, "udp", server, PORT, timeout=_WAIT, data=question)
    return probe(case.stack, one, case.survey.paths())


def _unknown(case: Case, server: str) -> Broken:
    facts = _facts(case) | {"server": server}
    name = "DNS.DEFAULT_BRIDGE" if _nameless(case) else "DNS.NXDOMAIN"
    return Broken(name, "name", facts, _see(case, server))


def _silent(case: Case, server: str, last: Answer) -> Broken:
    facts = _facts(case) | {"server": server, "came": last.code}
    if _nameless(case):
        return Broken("DNS.DEFAULT_BRIDGE", "name", facts, _see(case, server))
    mute = _mute(case, server)
    if mute:
        return mute
    if ip_address(server).is_loopback and last.code == "refused":
        for key, space in case.survey.spaces().items():
            here = case.survey.listeners(key) if key != case.space else ()
            if any((x.protocol, x.port) == ("udp", PORT) for x in here):
                facts["other"] = space.label
                return Broken("DNS.WRONG_NS", "name", facts, _see(case, server))
    return Broken("DNS.SILENT", "name", facts, _see(case, server))


def _mute(case: Case, server: str) -> Broken | None:
    """Can the sender not even talk to its name server: no interface, none that is up, none with
    an address? That is to be mended first, whatever the server would say."""
    asking = Case(case.stack, case.places, case.source, Target(server, server, PORT), "udp")
    rungs = list(ends(asking))
    if asking.first.kind != "local":
        rungs += stack(asking, asking.path.hops[0])
    for _, check in rungs:
        broken = check()
        if broken:
            low = RUNGS.index(broken.rung) <= RUNGS.index("address")
            return broken if low else None
    return None


def _nameless(case: Case) -> bool:
    """Is the sender one of nsnet's, on the default bridge alone, and the other a container?"""
    there = case.target.place
    alone = case.source.made and set(case.source.networks) == {"bridge"}
    return alone and there is not None and there.made


def _own_choice(case: Case, found: list[str]) -> str:
    """The address that is called: one that the place has, IPv4 before IPv6."""
    ordered = sorted(found, key=lambda each: ":" in each)
    there = case.target.place
    own = {a.ip for a in case.survey.addresses(there.space)} if there else set()
    return next((each for each in ordered if each in own), ordered[0])


def _right(case: Case, server: str) -> Broken | None:
    """Is it an address of whom the user means? If he lacks one, it may be this that he lacks."""
    there = case.target.place
    if there is None or ip_address(case.address).is_loopback:
        return None
    own = [a.ip for a in case.survey.addresses(there.space) if a.scope == "global"]
    if case.address in own or case.survey.owner(case.address):
        return None
    family = family_of(case.address)
    for one in link.wires(case.survey, there.space):
        bare = None if one.master else address.has_address(case.survey, one, family)
        if bare and there.space:
            return bare
    facts = _facts(case) | {"server": server, "address": case.address}
    facts["now"] = ", ".join(own) or "-"
    return Broken("DNS.STALE", "name", facts, _see(case))


def _facts(case: Case) -> dict[str, str | int]:
    return {"space": case.source.label, "name": case.target.name}


def _see(case: Case, server: str = "") -> tuple[str, ...]:
    name = case.target.name
    found = [at(case.survey, case.space, "cat /etc/resolv.conf")]
    if server:
        found.append(at(case.survey, case.space, f"nslookup {name} {server}"))
    else:
        found.append(at(case.survey, case.space, f"getent hosts {name}"))
    return tuple(found)
