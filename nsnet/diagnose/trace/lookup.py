"""Looking a name up as the sender would: with its own name server, from its own namespace."""

from __future__ import annotations

from ...kernel.errors import NotFound
from ...kernel.observe import file_text
from ...kernel.resolvconf import servers
from ...kernel.stack import Stack
from ...kernel.survey import Survey
from ..place import Place
from ..probe import Probe
from ..prober import probe
from ..reach.dns import PORT, RESOLVER, meaning, query

_A, _AAAA = 1, 28


def address_of(stack: Stack, survey: Survey, source: Place, name: str, timeout: float) -> str:
    """The first address of `name`, IPv4 before IPv6.

    Raises `NotFound` if the sender's name server knows none, or does not answer.
    """
    paths = survey.paths()
    server = _server(source)
    why = f"its name server {server} knows no address for it"
    for kind in (_A, _AAAA):
        asked = query(name, kind)
        answer = probe(
            stack, Probe(source.space, "udp", server, PORT, 0, timeout, data=asked), paths
        )
        if not answer.ok:
            why = f"its name server {server} does not answer ({answer.code})"
            break
        found = meaning(asked, answer.data, ())[1]
        if found:
            return found.split()[0]
    raise NotFound(f"{source.label} cannot look up {name}", why)


def _server(source: Place) -> str:
    """Docker's address for a container on a network of its own, else that of resolv.conf(5)."""
    if any(network != "bridge" for network in source.networks):
        return RESOLVER
    files = (f"/etc/netns/{source.space}/resolv.conf", "/etc/resolv.conf")
    text = next((text for text in map(file_text, files) if text), "")
    return next(iter(servers(text)), "127.0.0.1")
