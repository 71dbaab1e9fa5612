"""Which rules somebody asks for with ``nsnet rules --for``."""

from __future__ import annotations

from ..kernel import netns
from ..kernel.errors import NotFound
from ..looking.rules import Wish
from ..looking.state import state, whose_stack
from ..plan.names import asks_resolver
from ..show import words
from ..show.rules import choose
from ..topology.layout import Binding, Layout
from ..topology.model import Container
from .known import require_container


def wish(text: str) -> Wish:
    """What ``--for TEXT`` means: a container, else a published port; all rules where it is empty.
    Raises `NotFound`, or `UsageError` for the name of a service with several containers."""
    layouts = tuple(r.layout for r in state().records.values())
    if not text:
        return Wish(layouts)
    ports = choose.called((b for each in layouts for b in each.bindings), text)
    containers = {c.name: c for each in layouts for c in each.topology.containers}
    if text not in containers and ports:
        return Wish(
            layouts,
            choose.of_ports(ports),
            first=tuple(map(_sentence, ports)),
            networks=frozenset(each.network for each in ports),
            targets=frozenset(each.ip for each in ports),
        )
    if text not in containers and _is_port(text):
        raise _unpublished(text)
    return _of_container(layouts, containers, require_container(text))


def _of_container(layouts: tuple[Layout, ...], containers: dict[str, Container], name: str) -> Wish:
    name = whose_stack(containers, name)
    ends = [e for each in layouts for e in each.endpoints_of(name)]
    said = "stopped" if containers[name].stopped else words.stack(containers[name])
    return Wish(
        layouts,
        choose.of_container(layouts, name),
        name if netns.inode(name) else "",
        () if ends else (f"{name}: {said}",),
        networks=frozenset(e.network for e in ends),
        targets=frozenset(e.ipv4 for e in ends),
        asks=asks_resolver(containers[name]),
    )


def _is_port(text: str) -> bool:
    return text.partition("/")[0].rpartition(":")[2].isdigit()


def _unpublished(text: str) -> Exception:
    return NotFound(f"no port {text} is published here", "`nsnet ps` lists the published ones")


def _sentence(port: Binding) -> str:
    where = f"{port.where}/{port.protocol}"
    if not port.translated:
        there = f"{port.container} {port.ip}:{port.port}"
        return f"{where} → nsnet's relay (Docker: its proxy) → {there}; no rule"
    return f"{where} → {port.container} {port.ip}:{port.port} on {port.network}"
