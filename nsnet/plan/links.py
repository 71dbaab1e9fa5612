"""What ``--link db:database`` on the default bridge puts into the environment.

Docker's legacy links: DATABASE_PORT_5432_TCP_ADDR and so on, by which programs found each other
before networks had names.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..topology.model import Container
from .etc import linked
from .names import Book

#: Not handed on: every container has its own.
_OWN = ("HOME", "PATH")

Pairs = Iterator[tuple[str, str]]


def environment(book: Book, container: Container) -> tuple[tuple[str, str], ...]:
    """The variables that tell `container` of those it is linked to. A process keeps those that
    it was started with, even when the other has got another address since (Docker)."""
    found = linked(book, container)
    return tuple(p for alias, other, ip in found for p in _one(container, alias, other, ip))


def _one(container: Container, alias: str, other: Container, ip: str) -> Pairs:
    name = alias.upper().replace("-", "_")
    ports = _ports(other)
    if ports:
        port, protocol = ports[0]
        yield f"{name}_PORT", f"{protocol}://{ip}:{port}"
    yield from _ranges(name, ports, ip)
    for port, protocol in ports:
        key = f"{name}_PORT_{port}_{protocol.upper()}"
        yield key, f"{protocol}://{ip}:{port}"
        yield f"{key}_ADDR", ip
        yield f"{key}_PORT", str(port)
        yield f"{key}_PROTO", protocol
    yield f"{name}_NAME", f"/{container.name}/{alias}"
    for key, value in other.environment:
        if key not in _OWN:
            yield f"{name}_ENV_{key}", value


def _ports(container: Container) -> list[tuple[int, str]]:
    """What the container exposes or publishes: the lowest first, TCP before UDP."""
    found = {(p.container_port, p.protocol) for p in container.ports} | set(container.expose)
    return sorted(found)


def _ranges(name: str, ports: list[tuple[int, str]], ip: str) -> Pairs:
    """The first and the last of ports that follow each other."""
    start = 0
    while start < len(ports):
        first, protocol = ports[start]
        end = start
        while end + 1 < len(ports) and ports[end + 1] == (ports[end][0] + 1, protocol):
            end += 1
        if end > start:
            last = ports[end][0]
            key = f"{name}_PORT_{first}_{protocol.upper()}"
            yield f"{key}_START", f"{protocol}://{ip}:{first}"
            yield f"{key}_ADDR", ip
            yield f"{key}_PROTO", protocol
            yield f"{key}_PORT_START", str(first)
            yield f"{key}_END", f"{protocol}://{ip}:{last}"
            yield f"{key}_PORT_END", str(last)
        start = end + 1
