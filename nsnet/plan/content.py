"""What is inside the containers: their files under /etc, their names, the command that runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from ..kernel.resolvconf import host_resolv_conf
from ..topology import config
from ..topology.identity import container_id
from ..topology.layout import Binding, Layout
from ..topology.model import Container, TopologyError
from ..value import replace
from . import etc, links, names
from .names import Book
from .step import Step
from .steps.file import LinkEtc, WriteFile
from .steps.names import ServeNames
from .steps.process import StartProcess
from .steps.redirect import RedirectNames
from .steps.resolver import StartResolver


def steps(layout: Layout, place: str, under_etc: bool) -> Iterator[Step]:
    """Files, names and relayed ports, the resolver, then processes; a plain container without
    any of these gets none. `under_etc`: links below /etc/netns can be made."""
    layout = _as_set(layout)
    book = Book(layout, host_resolv_conf())
    running = [c for c in layout.topology.containers if not c.stopped]
    lent = {_source(book, container).name for container in running}
    for container in layout.topology.containers:
        # The files of a stopped one stay for those that share them: they have them mounted.
        if container.name in lent and _has_files(container):
            yield from _files(book, container, place, under_etc and not container.stopped)
    for container in running:
        owner = _source(book, container)
        shares = owner is not container and not owner.stopped and not container.adrift
        if under_etc and shares and _has_files(owner):
            yield LinkEtc(container.name, _folder(place, owner.name))
        yield from _names(book, container, place)
    yield from (_relay(b, place) for b in layout.bindings if b.relayed_on)
    yield from shared(layout, place)
    for container in running:
        if container.command or container.stub:
            step = _process(book, container, place)
            yield _kept(step) if container.adrift else step


def shared(layout: Layout, place: str) -> Iterator[Step]:
    """The resolver, which all topologies of a host share. It is wanted also for containers that
    are stopped: it would have to be started again with them."""
    relays = any(binding.relayed_on for binding in layout.bindings)
    if relays or any(names.asks_resolver(container) for container in layout.topology.containers):
        yield StartResolver(place)


def environment(layout: Layout, container: Container) -> tuple[tuple[str, str], ...]:
    """The variables of a container: what its links tell, and then its own."""
    return (*links.environment(Book(layout), container), *container.environment)


def _as_set(layout: Layout) -> Layout:
    """`layout` with the host's DNS settings for those containers that have none. Settings that
    cannot be read are told to whoever plans anything new; what is taken down needs none."""
    try:
        settings = config.load()
    except TopologyError:
        return layout
    if not (settings.dns or settings.dns_opts or settings.dns_search):
        return layout
    topology = layout.topology
    containers = tuple(settings.with_dns(each) for each in topology.containers)
    return replace(layout, topology=replace(topology, containers=containers))


def _source(book: Book, container: Container) -> Container:
    """The container whose files it has: at the end of ``container:`` modes, as far as they are
    in this topology."""
    shared = book.containers.get(container.share) if container.mode == "container" else None
    return _source(book, shared) if shared else container


def _names(book: Book, container: Container, place: str) -> Iterator[Step]:
    asks = names.asks_resolver(container)
    if asks:
        yield RedirectNames(container.name, names.ADDRESS, names.PORT)
    if asks or names.on_user_network(container):
        yield ServeNames(container.name, place, names.entry(book, container), asks)


def _kept(step: StartProcess) -> Step:
    from .steps.adrift import KeepProcess

    return KeepProcess(step)


def _relay(b: Binding, place: str) -> Step:
    from .steps.relay import RelayPort

    return RelayPort(place, b.container, b.protocol, b.relayed_on, b.host_port, b.ip, b.port)


def _has_files(container: Container) -> bool:
    """Does it get files of its own? (One that shares another's sandbox has the other's.)"""
    if container.mode not in ("bridge", "none"):
        return False
    return names.asks_resolver(container) or bool(
        container.command
        or container.stub
        or container.links
        or container.extra_hosts
        or container.dns
        or container.dns_search
        or container.dns_opt
        or container.hostname
        or container.id
    )


def _folder(place: str, container: str) -> str:
    return f"{place}/etc/{container}"


def _files(book: Book, container: Container, place: str, under_etc: bool) -> Iterator[Step]:
    folder = _folder(place, container.name)
    texts = {
        "hosts": etc.hosts(book, container),
        "hostname": names.hostname(container) + "\n",
        "resolv.conf": etc.resolv_conf(book, container),
    }
    for name, text in texts.items():
        yield WriteFile(container.name, f"{folder}/{name}", text)
    if under_etc:
        yield LinkEtc(container.name, folder)


_NAMES = ("hosts", "hostname", "resolv.conf")


def _process(book: Book, container: Container, place: str) -> StartProcess:
    listen = tuple(_listen(container)) if not container.command else ()
    argv = container.command or stub_command(container.name, listen)
    source = _source(book, container)
    folder = _folder(place, source.name)
    return StartProcess(
        container=container.name,
        topology=book.layout.name,
        namespace="" if source.mode == "host" else container.name,
        argv=argv,
        log=f"{place}/log/{container.name}.log",
        hostname=names.hostname(source) if source.mode != "host" else source.hostname[:64],
        env=(*container.environment, *marks(place, book.layout.name, container.name)),
        links=links.environment(book, container),
        files=tuple((f"/etc/{name}", f"{folder}/{name}") for name in _NAMES)
        if _has_files(source)
        else (),
        listen=listen,
        stub=not container.command,
        tty=container.tty,
        interactive=container.interactive,
        on_exit=_on_exit(book, container),
    )


def _on_exit(book: Book, container: Container) -> tuple[str, ...]:
    """What is run when the command of a container ends by itself: what a single command started
    gives its sandbox back then, and a restart policy wants to be obeyed."""
    if not container.id and container.restart == "no":
        return ()
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    program = (sys.executable, "-m", "nsnet.operations.ending")
    return (
        "/usr/bin/env",
        f"PYTHONPATH={root}",
        *program,
        container_id(book.layout.name, container),
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
    """The sockets of a stub: what is published or exposed, each once, on every address. One that
    stands for an image listens where that image's server does, whatever is published."""
    ports = container.ports if not container.image else ()
    wanted = [(port.protocol, port.container_port) for port in ports]
    wanted += [(protocol, port) for port, protocol in container.expose]
    for protocol, port in dict.fromkeys(wanted):
        yield protocol, "::", port


def stub_command(name: str, listen: tuple[tuple[str, str, int], ...]) -> tuple[str, ...]:
    """The command line of the listener that stands in for a program."""
    from importlib.util import find_spec

    spec = find_spec("nsnet.kernel.stub")
    path = spec.origin if spec and spec.origin else "stub.py"
    ports = tuple(f"{protocol}:{port}" for protocol, _, port in listen)
    return (sys.executable, "-I", "-S", path, "--name", name, *ports)
