"""``docker inspect`` of a container."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from ...topology.model import DEFAULT_NETWORK, Container
from ..template.values import HIDDEN, Hidden, NoList, NoMap, Struct, Texts
from . import hostconfig, ports
from .book import Book, Item, derived
from .endpoints import endpoints
from .times import stamp


def inspect(book: Book, item: Item) -> Struct:
    """All about a container. Fields that nothing here stands for have the value that Docker
    gives to a plain container."""
    container = item.container
    command = _command(container)
    there = container.mode == "bridge" and item.status != "created"
    files = f"{book.folder}/etc/{item.name}" if there else ""
    return Struct(
        Id=item.id,
        Created=stamp(item.created),
        Path=command[0] if command else "",
        Args=list(command[1:]),
        State=_state(item),
        Image=container.image,
        ResolvConfPath=files and f"{files}/resolv.conf",
        HostnamePath=files and f"{files}/hostname",
        HostsPath=files and f"{files}/hosts",
        LogPath=_log(item),
        Name=f"/{item.name}",
        RestartCount=container.restarts,
        Driver="nsnet",
        Platform="linux",
        MountLabel="",
        ProcessLabel="",
        AppArmorProfile="",
        ExecIDs=NoList(),
        HostConfig=hostconfig.inspect(book, item),
        GraphDriver=Struct(Data=NoMap(), Name="nsnet"),
        Mounts=[],
        Config=_config(item),
        NetworkSettings=_settings(book, item),
    )


def _command(container: Container) -> tuple[str, ...]:
    return container.command or (("(stub", "listener)") if container.stub else ())


def _log(item: Item) -> str:
    process = item.record.processes.get(item.name)
    return process.log if process else ""


def _state(item: Item) -> Struct:
    status = item.status
    return Struct(
        Status=status,
        Running=item.running,
        Paused=status == "paused",
        Restarting=status == "restarting",
        OOMKilled=False,
        Dead=False,
        Pid=item.pid,
        ExitCode=item.exit_code,
        Error="",
        StartedAt=stamp(item.started),
        FinishedAt=stamp(item.finished),
        Health=HIDDEN,
    )


def hostname(item: Item) -> str:
    """What `hostname` says in it (Docker: the short id, unless it was given)."""
    container = item.container
    if container.mode == "host":
        return os.uname().nodename
    return container.hostname or (item.id[:12] if container.id else container.name)


def _config(item: Item) -> Struct:
    container = item.container
    environment = [f"{key}={value}" for key, value in container.environment]
    return Struct(
        Hostname=hostname(item),
        Domainname=container.domainname,
        User="",
        AttachStdin=False,
        AttachStdout=False,
        AttachStderr=False,
        ExposedPorts=ports.exposed(item) or Hidden("map[]"),
        Tty=container.tty,
        OpenStdin=container.interactive,
        StdinOnce=False,
        Env=environment or NoList(),
        Cmd=list(_command(container)) or NoList(),
        Image=container.image,
        Volumes=NoMap(),
        WorkingDir="",
        Entrypoint=NoList(),
        OnBuild=NoList(),
        Labels=Texts(container.labels),
    )


def _settings(book: Book, item: Item) -> Struct:
    """Its place in the network. The legacy fields tell of the default bridge alone."""
    container = item.container
    live = not container.stopped
    shared = container.mode == "container"
    sandbox = "" if shared or item.status == "created" else derived("sandbox", item.id)
    plugs = endpoints(book, item)
    first: Mapping[str, object] = plugs.get(DEFAULT_NETWORK, {})

    def legacy(key: str, empty: object = "") -> object:
        return first.get(key, empty) if live else empty

    return Struct(
        Bridge="",
        SandboxID=sandbox,
        HairpinMode=False,
        LinkLocalIPv6Address="",
        LinkLocalIPv6PrefixLen=0,
        Ports=ports.given(item),
        SandboxKey=_sandbox_key(item) if sandbox else "",
        SecondaryIPAddresses=NoList(),
        SecondaryIPv6Addresses=NoList(),
        **_legacy(legacy),
        Networks=plugs,
    )


def _legacy(value: Callable[..., object]) -> dict[str, object]:
    return {
        "EndpointID": value("EndpointID"),
        "Gateway": value("Gateway"),
        "GlobalIPv6Address": value("GlobalIPv6Address"),
        "GlobalIPv6PrefixLen": value("GlobalIPv6PrefixLen", 0),
        "IPAddress": value("IPAddress"),
        "IPPrefixLen": value("IPPrefixLen", 0),
        "IPv6Gateway": value("IPv6Gateway"),
        "MacAddress": value("MacAddress"),
    }


def _sandbox_key(item: Item) -> str:
    """The file that stands for its network namespace; the host's own for host mode."""
    return "/proc/1/ns/net" if item.container.mode == "host" else f"/run/netns/{item.name}"
