"""Which rules concern one container, or one published port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...topology.layout import Binding, Layout
from ...topology.naming import safe
from ...value import Value, replace
from .docker import Known
from .model import Chain, Element, Name, Tables

#: Maps whose elements are published ports, and those that lead into a network.
_PORTS, _INTO = ("published", "published-on"), ("to-network", "nat-to")


class Choice(Value):
    """What is looked for: networks (as chains have them), comments of published ports, host ends
    of cables. `arriving`: only what a packet to these ports meets; `hooks` are the ways
    that it may come by."""

    networks: frozenset[str]
    ports: frozenset[str]
    cables: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset(("ip", "ip6", "bridge"))
    arriving: bool = False
    hooks: frozenset[str] = frozenset(("prerouting", "forward", "output", "postrouting"))


def of_container(layouts: Iterable[Layout], container: str) -> Choice:
    """A container's networks, its ports and its cables."""
    ends = [e for each in layouts for e in each.endpoints_of(container)]
    ports = [b for each in layouts for b in each.bindings if b.container == container]
    return Choice(
        frozenset(safe(e.network) for e in ends),
        frozenset(map(_comment, ports)),
        frozenset(e.host_device for e in ends),
    )


def of_ports(ports: Iterable[Binding]) -> Choice:
    """The way to published ports. What is published on the loopback only is called from the
    host alone, whose packets pass neither prerouting nor forward."""
    chosen = [each for each in ports if each.translated]
    local = all(each.host_ip.startswith("127.") for each in chosen)
    hooks = {"output", "postrouting", *(() if local else ("prerouting", "forward"))}
    return Choice(
        frozenset(safe(each.network) for each in chosen),
        frozenset(map(_comment, chosen)),
        families=frozenset("ip6" if ":" in each.ip else "ip" for each in chosen),
        arriving=True,
        hooks=frozenset(hooks),
    )


def called(ports: Iterable[Binding], text: str) -> list[Binding]:
    """The published ports that ``8080``, ``8080/udp`` or ``127.0.0.1:8080`` means: those on the
    address that is given, else those on all addresses."""
    rest, _, protocol = text.lower().partition("/")
    host, _, number = rest.rpartition(":")
    host = host.strip("[]")
    if not (number.isascii() and number.isdigit()):
        return []
    fitting = [
        each for each in ports if each.host_port == int(number) and protocol in ("", each.protocol)
    ]
    exact = [each for each in fitting if each.host_ip == host]
    every = "::" if ":" in host else "0.0.0.0"
    return exact or [each for each in fitting if not host or each.host_ip == every]


def chosen(tables: Tables, choice: Choice, known: Known) -> Tables:
    """The rules of `tables` that concern `choice`."""
    maps = {
        name: tuple(each for each in elements if _wanted(name, each, choice, known))
        for name, elements in tables.maps.items()
    }
    families = {name[0] for name, elements in maps.items() if elements}
    chains: dict[Name, Chain] = {}
    for name, chain in tables.chains.items():
        if name[0] in families and _passes(chain, choice, known):
            left = _lines(chain, choice, maps)
            chains[name] = left
    return Tables(_of_use(chains), maps)


def _wanted(name: Name, item: Element, choice: Choice, known: Known) -> bool:
    if name[0] not in choice.families:
        return False
    if name[2] in _PORTS:
        return item.comment in choice.ports
    if not item.jump:
        return item.key in choice.cables
    if choice.arriving and name[2] not in _INTO:
        return False
    net = known.network_of(item.jump)
    return net is not None and safe(net.name) in choice.networks


def _passes(chain: Chain, choice: Choice, known: Known) -> bool:
    if chain.hook:
        return chain.hook in choice.hooks or chain.name == "raw-prerouting"
    net = known.network_of(chain.name)
    if net is None:
        return True
    if choice.arriving and chain.name.startswith(("from-", "nat-from-")):
        return False
    if chain.name.startswith("to-") and "forward" not in choice.hooks:
        return False
    return safe(net.name) in choice.networks


def _lines(chain: Chain, choice: Choice, maps: Mapping[Name, tuple[Element, ...]]) -> Chain:
    """Rules that look up a map in which nothing of interest is left are out. On the way to a port,
    that counts which looks in vain before the right one does; and behind the rule that accepts
    published ports, none of their packets comes by."""
    empty = {
        line.handle
        for line in chain.lines
        if line.map and maps.get((line.family, line.table, line.map)) == ()
    }
    ports = [each for each in chain.lines if each.map in _PORTS]
    while choice.arriving and ports and ports[-1].handle in empty:
        ports.pop()
    met = {each.handle for each in ports} if choice.arriving else set()
    kept = []
    for line in chain.lines:
        if line.handle not in empty or line.handle in met:
            kept.append(line)
        if choice.arriving and "ct status dnat accept" in line.text:
            break
    return replace(chain, lines=tuple(kept))


def _of_use(chains: dict[Name, Chain]) -> dict[Name, Chain]:
    """Without base chains in which no rule is left."""
    return {name: each for name, each in chains.items() if each.lines or not each.hook}


def _comment(port: Binding) -> str:
    return f"{port.container} {port.where}/{port.protocol}"
