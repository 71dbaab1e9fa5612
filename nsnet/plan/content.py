"""What is inside the containers: their files under /etc, and the command that runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from ..topology.layout import Layout
from ..topology.model import Container
from .step import Step
from .steps.file import LinkEtc, WriteFile
from .steps.process import StartProcess

#: The first lines of /etc/hosts, the same six as Docker's.
_PREAMBLE = (
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "ff00::0\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
)


def steps(layout: Layout, place: str, etc: bool) -> Iterator[Step]:
    """Files first, then processes; a plain container without either gets none."""
    for container in layout.topology.containers:
        if container.mode in ("bridge", "none") and _needs_files(container):
            yield from _files(layout, container, place, etc)
        owner = layout.topology.container(container.share) if container.share else None
        if etc and owner and owner.mode in ("bridge", "none") and _needs_files(owner):
            yield LinkEtc(container.name, _folder(place, owner.name))
    for container in layout.topology.containers:
        if container.command or container.stub:
            yield _process(layout, container, place)


def hostname(container: Container) -> str:
    """What `hostname` says inside; the kernel takes 64 bytes (uts_namespaces(7))."""
    return (container.hostname or container.name)[:64]


def _needs_files(container: Container) -> bool:
    return bool(
        container.command
        or container.stub
        or container.links
        or container.extra_hosts
        or container.dns
        or container.dns_search
        or container.dns_opt
        or container.hostname
    )


def _folder(place: str, container: str) -> str:
    return f"{place}/etc/{container}"


def _files(layout: Layout, container: Container, place: str, etc: bool) -> Iterator[Step]:
    folder = _folder(place, container.name)
    for name, text in _texts(layout, container).items():
        yield WriteFile(container.name, f"{folder}/{name}", text)
    if etc:
        yield LinkEtc(container.name, folder)


def _texts(layout: Layout, container: Container) -> dict[str, str]:
    texts = {"hosts": _hosts(layout, container), "hostname": hostname(container) + "\n"}
    lines = [f"nameserver {each}" for each in container.dns]
    if container.dns_search:
        lines.append("search " + " ".join(container.dns_search))
    if container.dns_opt:
        lines.append("options " + " ".join(container.dns_opt))
    if lines:
        texts["resolv.conf"] = "\n".join(lines) + "\n"
    return texts


def _hosts(layout: Layout, container: Container) -> str:
    lines = list(_PREAMBLE)
    gateway = next((s.v4.gateway for s in layout.segments if s.v4), "127.0.0.1")
    for name, address in container.extra_hosts:
        lines.append(f"{gateway if address == 'host-gateway' else address}\t{name}")
    for link in container.links:
        ours = {e.network for e in layout.endpoints_of(container.name)}
        for endpoint in layout.endpoints_of(link.container):
            if endpoint.network in ours:
                lines.append(f"{endpoint.ipv4}\t{link.alias} {link.container}")
                break
    own = hostname(container)
    short = own.partition(".")[0]
    names = own if short == own else f"{own} {short}"
    for endpoint in layout.endpoints_of(container.name):
        lines += [f"{address}\t{names}" for address in (endpoint.ipv4, endpoint.ipv6) if address]
    return "\n".join(lines) + "\n"


def _process(layout: Layout, container: Container, place: str) -> Step:
    owner = container.name
    shared = layout.topology.container(container.share)
    if container.mode == "container" and shared:
        owner = shared.name
    listen = tuple(_listen(container)) if not container.command else ()
    argv = container.command or stub_command(container.name, listen)
    folder = _folder(place, owner)
    source = shared if container.mode == "container" and shared else container
    has_files = source.mode in ("bridge", "none") and _needs_files(source)
    names = _texts(layout, source) if has_files else {}
    return StartProcess(
        container=container.name,
        topology=layout.name,
        namespace="" if source.mode == "host" else container.name,
        argv=argv,
        log=f"{place}/log/{container.name}.log",
        hostname=hostname(source),
        env=(*container.environment, *marks(place, layout.name, container.name)),
        files=tuple((f"/etc/{name}", f"{folder}/{name}") for name in names),
        listen=listen,
        stub=not container.command,
    )


def marks(place: str, topology: str, container: str) -> tuple[tuple[str, str], ...]:
    """Words in a process's environment that say whose it is, should the state be lost."""
    host = os.path.basename(place)
    return (
        ("NSNET_HOST", host),
        ("NSNET_TOPOLOGY", topology),
        ("NSNET_CONTAINER", container),
    )


def _listen(container: Container) -> Iterator[tuple[str, str, int]]:
    """The sockets of a stub: what is published or exposed, each once, on every address."""
    wanted = [(port.protocol, port.container_port) for port in container.ports]
    wanted += [(protocol, port) for port, protocol in container.expose]
    for protocol, port in dict.fromkeys(wanted):
        yield protocol, "::", port


def stub_command(name: str, listen: tuple[tuple[str, str, int], ...]) -> tuple[str, ...]:
    """The command line of the listener that stands in for a program."""
    spec = find_spec("nsnet.kernel.stub")
    path = spec.origin if spec and spec.origin else "stub.py"
    ports = tuple(f"{protocol}:{port}" for protocol, _, port in listen)
    return (sys.executable, "-I", "-S", path, "--name", name, *ports)
