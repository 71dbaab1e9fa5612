"""Small pieces of text: counts, durations, addresses and ports in Docker's spelling."""

from __future__ import annotations

from collections.abc import Iterable

from ..topology.layout import Binding, Endpoint
from ..topology.model import Container


def count(number: int, noun: str) -> str:
    """``1 network``, ``3 networks``."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def seconds(value: float) -> str:
    """A duration in seconds with two digits that matter."""
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def published(bindings: Iterable[Binding]) -> list[str]:
    """Published ports as `docker ps` spells them."""
    return [f"{b.where}->{b.port}/{b.protocol}" for b in bindings]


def exposed(container: Container, bindings: Iterable[Binding]) -> list[str]:
    """Ports that are exposed only, as `docker ps` spells them."""
    done = {(b.port, b.protocol) for b in bindings}
    return [
        f"{port}/{protocol}" for port, protocol in container.expose if (port, protocol) not in done
    ]


def addresses(endpoint: Endpoint) -> str:
    """The addresses of an endpoint."""
    return " ".join(each for each in (endpoint.ipv4, endpoint.ipv6) if each)


def stack(container: Container) -> str:
    """In a few words, whose network stack a container without endpoints uses."""
    if container.mode == "host":
        return "the host's own network stack"
    if container.mode == "container":
        return f"shares the network stack of {container.share}"
    return "no network, only its loopback"
