"""Services into containers: one for each replica, in start order."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ..model import Container, Port
from .attach import Stance, read_stance
from .coerce import constants, text, unique
from .command import read_command, read_environment
from .draft import Draft, Service
from .hosts import (
    read_dns,
    read_extra_hosts,
    read_hostname,
    read_links,
    read_restart,
    read_sysctls,
)
from .order import read_depends_on, start_order
from .place import Place
from .publish import read_expose, read_ports, without_host_side


class Built(NamedTuple):
    """The containers of one service, the services they need, and where its ports stand."""

    service: Service
    containers: tuple[Container, ...]
    needs: tuple[str, ...]
    ports: dict[Port, Place]


def build(draft: Draft, *, stub: bool) -> list[Built]:
    """All services of `draft` in start order."""
    built = {key: _built(service, draft, stub) for key, service in draft.services.items()}
    owners = {name: key for key, s in draft.services.items() for name in s.containers}
    needs = {}
    for key, one in built.items():
        shared = owners.get(one.containers[0].share, "")
        needs[key] = tuple(dict.fromkeys((*one.needs, *([shared] if shared else []))))
    return [built[key] for key in start_order(needs, draft)]


def _built(service: Service, draft: Draft, stub: bool) -> Built:
    stance = read_stance(service, draft)
    ports = read_ports(service, draft.problems)
    links, linked = read_links(service, draft)
    waits = read_depends_on(service, draft)
    one = _container(service, stance, ports, draft)
    one = replace(
        one,
        links=links if stance.attachments else (),
        depends_on=tuple(name for key in waits for name in draft.services[key].containers),
        stub=stub and not one.command and bool(one.ports or one.expose),
    )
    count = len(service.containers)
    draft.notes.narrow += [f"{service.key} ({p})" for p in one.ports if 0 < _width(p) < count]
    containers = tuple(
        _replica(one, name, number) for number, name in enumerate(service.containers)
    )
    return Built(service, containers, (*waits, *linked), ports if one.ports else {})


def _replica(one: Container, name: str, number: int) -> Container:
    """The container that is replica `number` (from 0). A host port serves one container:
    where there are fewer than replicas, the first ones get them."""
    ports = tuple(p for p in one.ports if not _width(p) or number < _width(p))
    left = tuple((p.container_port, p.protocol) for p in one.ports if p not in ports)
    return replace(one, name=name, ports=ports, expose=(*one.expose, *left))


def _width(port: Port) -> int:
    """How many containers can publish `port` on host ports of their own; 0 is any number."""
    return (port.host_port_end or port.host_port) - port.host_port + 1 if port.host_port else 0


def _container(
    service: Service, stance: Stance, ports: dict[Port, Place], draft: Draft
) -> Container:
    """The container that all replicas are copies of."""
    body, what, problems = service.body, service.what, draft.problems
    expose = read_expose(service, problems)
    if not stance.attachments:
        expose = without_host_side(ports, expose, service, draft)
    return Container(
        name="",
        service=service.key,
        mode=stance.mode,
        share=stance.share,
        attachments=stance.attachments,
        ports=tuple(ports) if stance.attachments else (),
        expose=expose,
        hostname=read_hostname(service, problems),
        domainname=text(body.get("domainname"), f"{what}: domainname", problems),
        dns=read_dns(service, problems),
        dns_search=unique(body.get("dns_search"), f"{what}: dns_search", problems),
        dns_opt=unique(body.get("dns_opt"), f"{what}: dns_opt", problems),
        extra_hosts=read_extra_hosts(service, problems),
        sysctls=read_sysctls(service, draft),
        environment=read_environment(service, draft),
        command=read_command(service, problems),
        restart=read_restart(service, problems),
        labels=constants(body.get("labels"), f"{what}: labels", problems),
    )
