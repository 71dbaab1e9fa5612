"""Published and exposed ports, in the shapes that Docker has for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ...topology.layout import Binding
from ...topology.model import Port
from ..template.values import Keyed, NoList, Struct
from .book import Item


class Shown(NamedTuple):
    """A port as ``docker ps`` knows it; `ip` and `public` are empty for one that is exposed
    only. In its order."""

    private: int
    ip: str
    public: int
    protocol: str


def bindings(item: Item) -> list[Binding]:
    """What is published of a container."""
    return [b for b in item.record.layout.bindings if b.container == item.name]


def where(binding: Binding) -> str:
    """The host side in Docker's spelling: ``0.0.0.0:8080``, ``:::8080``."""
    return f"{binding.host_ip}:{binding.host_port}"


def shown(item: Item) -> list[Shown]:
    """What ``docker ps`` tells of."""
    if not item.running:
        return []
    published = [Shown(b.port, b.host_ip, b.host_port, b.protocol) for b in bindings(item)]
    done = {(each.private, each.protocol) for each in published}
    more = {(p.container_port, p.protocol) for p in item.container.ports}
    more |= set(item.container.expose)
    if item.container.mode in ("host", "container", "none"):
        more = set()
    return sorted([*published, *(Shown(n, "", 0, p) for n, p in more - done)])


def short(ports: Iterable[Shown]) -> str:
    """In one line; neighbours that are published on their own numbers as one range."""
    done: list[str] = []
    moved: list[str] = []
    groups: dict[tuple[str, str], tuple[int, int]] = {}
    for port in sorted(ports):
        if port.ip and port.public != port.private:
            moved.append(f"{port.ip}:{port.public}->{port.private}/{port.protocol}")
            continue
        key = (port.ip, port.protocol)
        first, last = groups.get(key, (port.private, port.private - 1))
        if port.private != last + 1:
            done.append(_group(key, first, last))
            first = port.private
        groups[key] = (first, port.private)
    done += [_group(key, first, last) for key, (first, last) in groups.items()]
    return ", ".join(done + moved)


def _group(key: tuple[str, str], first: int, last: int) -> str:
    ip, protocol = key
    span = str(first) if first == last else f"{first}-{last}"
    return f"{ip}:{span}->{span}/{protocol}" if ip else f"{span}/{protocol}"


def exposed(item: Item) -> Mapping[str, object]:
    """``ExposedPorts``: what is published, and what is only exposed."""
    ports = {f"{p.container_port}/{p.protocol}" for p in item.container.ports}
    ports |= {f"{number}/{protocol}" for number, protocol in item.container.expose}
    return Keyed({port: Struct() for port in sorted(ports)})


def wished(ports: Iterable[Port]) -> Mapping[str, object]:
    """``PortBindings``: as they were asked for."""
    found: dict[str, list[Struct]] = {}
    for port in ports:
        number = str(port.host_port or "")
        number += f"-{port.host_port_end}" if port.host_port_end else ""
        wish = Struct(HostIp=port.host_ip, HostPort=number)
        found.setdefault(f"{port.container_port}/{port.protocol}", []).append(wish)
    return Keyed(found)


def given(item: Item) -> Mapping[str, object]:
    """``Ports``: what they came to; null for a port that is exposed only."""
    found: dict[str, list[Struct]] = {}
    for port in shown(item):
        entry = found.setdefault(f"{port.private}/{port.protocol}", NoList())
        if port.ip:
            if isinstance(entry, NoList):
                entry = found[f"{port.private}/{port.protocol}"] = []
            entry.append(Struct(HostIp=port.ip, HostPort=str(port.public)))
    return Keyed(found)
