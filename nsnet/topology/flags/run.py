"""``nsnet run`` and ``create``: from Docker's options to a `Container`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...value import replace
from ..model import Container
from . import places, program, values
from .errors import BadFlag, Impossible
from .images import Exposed
from .places import Place
from .program import Machine, Program

Files = tuple[tuple[str, str], ...]


class Flags(NamedTuple):
    """The options as they were typed. `env_files` and `label_files` are (name, content) pairs,
    `words` what stands behind the options: ``[IMAGE] [--] [COMMAND …]``."""

    words: tuple[str, ...] = ()
    name: str = ""
    networks: tuple[str, ...] = ()
    ip: str = ""
    ip6: str = ""
    mac_address: str = ""
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()
    publish_all: bool = False
    expose: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    dns_opt: tuple[str, ...] = ()
    add_host: tuple[str, ...] = ()
    hostname: str = ""
    domainname: str = ""
    sysctls: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    env_files: Files = ()
    labels: tuple[str, ...] = ()
    label_files: Files = ()
    restart: str = ""
    rm: bool = False
    interactive: bool = False
    tty: bool = False
    entrypoint: str | None = None
    workdir: str = ""


class Wanted(NamedTuple):
    """What the options ask for. `notes` are for the user."""

    container: Container
    notes: tuple[str, ...] = ()

    @property
    def refusal(self) -> str:
        """What it is refused with when it is started."""
        return self.container.refusal


def read(flags: Flags, machine: Machine, environ: Mapping[str, str]) -> Wanted:
    """The container that `flags` describe; without a name where none is given.

    Raises `BadFlag` (exit code 125) and `Impossible` (1; 125 from ``run``): nothing is to be made.
    """
    links, ports = values.links(flags.links), values.ports(flags.publish)
    expose = values.exposed(flags.expose)
    place = places.read(
        flags.networks,
        ip=flags.ip,
        ip6=flags.ip6,
        mac=flags.mac_address,
        aliases=flags.aliases,
        linked=bool(links),
    )
    _check(flags, place)
    runs = _program(flags, machine, (*((p.container_port, p.protocol) for p in ports), *expose))
    container = Container(
        values.container_name(flags.name),
        mode=place.mode,
        share=place.share,
        attachments=place.attachments,
        ports=ports,
        expose=tuple(dict.fromkeys((*expose, *runs.expose))),
        links=links,
        hostname=values.hostname(flags.hostname),
        domainname=values.hostname(flags.domainname, "--domainname"),
        dns=values.addresses(flags.dns, "--dns"),
        dns_search=values.search_domains(flags.dns_search),
        dns_opt=flags.dns_opt,
        extra_hosts=values.extra_hosts(flags.add_host),
        sysctls=values.sysctls(flags.sysctls),
        environment=values.environment(flags.env_files, flags.env, environ),
        command=runs.command,
        stub=runs.stub,
        restart=values.restart(flags.restart),
        labels=values.labels(flags.label_files, flags.labels),
        publish_all=flags.publish_all,
        auto_remove=flags.rm,
        tty=flags.tty,
        interactive=flags.interactive,
        image=runs.image,
    )
    container = replace(container, refusal=place.refusal or _refusal(container))
    return Wanted(container, tuple(_notes(container, runs)))


def _program(flags: Flags, machine: Machine, ports: Exposed) -> Program:
    return program.read(
        flags.words,
        machine,
        entrypoint=flags.entrypoint,
        workdir=flags.workdir,
        terminal=flags.tty or flags.interactive,
        ports=ports,
    )


def _check(flags: Flags, place: Place) -> None:
    """Options that contradict one another."""
    if flags.rm and values.restart(flags.restart) != "no":
        raise BadFlag("Conflicting options: --restart and --rm: keep one")
    if flags.workdir and not flags.workdir.startswith("/"):
        raise Impossible(
            f"the working directory '{flags.workdir}' is invalid, it needs to be an absolute path"
        )
    if place.mode not in ("container", "host"):
        return
    if flags.mac_address:
        raise _conflict("mac-address", "the network mode")
    if place.mode == "host":
        return
    kind = "the container type network mode"
    for given, what, mode in (
        (flags.hostname, "hostname", "the network mode"),
        (flags.dns, "dns", "the network mode"),
        (flags.add_host, "custom host-to-IP mapping", "the network mode"),
        (flags.publish or flags.publish_all, "port publishing", kind),
        (flags.expose, "port exposing", kind),
    ):
        if given:
            raise _conflict(what, mode)


def _conflict(what: str, mode: str) -> Impossible:
    cure = "it belongs to the owner of the network" if "container" in mode else "leave one out"
    return Impossible(f"conflicting options: {what} and {mode}: {cure}")


def _refusal(container: Container) -> str:
    net = [key for key, _ in container.sysctls if key.startswith("net.")]
    if net and container.mode in ("host", "container"):
        other = "host" if container.mode == "host" else "another container's"
        return f'sysctl "{net[0]}" not allowed in {other} network namespace'
    return ""


def _notes(container: Container, runs: Program) -> list[str]:
    notes = []
    if container.mode == "host" and (container.ports or container.publish_all):
        notes.append("WARNING: Published ports are discarded when using host network mode")
    other = [key for key, _ in container.sysctls if not key.startswith("net.")]
    if other:
        notes.append(f"{', '.join(other)}: only settings of the network (net.*) are made here")
    if runs.note:
        notes.append(runs.note)
    return notes
