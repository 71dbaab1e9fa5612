"""``HostConfig``: what was asked of the host for a container."""

from __future__ import annotations

from ...topology.model import BY_HAND, DEFAULT_NETWORK
from ..template.values import Hidden, NoList, Struct, Texts
from . import ports
from .book import Book, Item

#: What a plain container of Docker 20.10 has, for which there is nothing here: no images, volumes,
#: cgroups or capabilities.
_BEFORE = {"VolumeDriver": "", "VolumesFrom": NoList(), "CapAdd": NoList(), "CapDrop": NoList()}
_SPACES = {"GroupAdd": NoList(), "IpcMode": "private", "Cgroup": ""}
_RIGHTS = {
    "OomScoreAdj": 0,
    "PidMode": "",
    "Privileged": False,
}
_MORE = {"ReadonlyRootfs": False, "SecurityOpt": NoList(), "UTSMode": "", "UsernsMode": ""}
_LIMITS = {
    "CpuShares": 0,
    "Memory": 0,
    "NanoCpus": 0,
    "CgroupParent": "",
    "BlkioWeight": 0,
    "BlkioWeightDevice": [],
    "BlkioDeviceReadBps": NoList(),
    "BlkioDeviceWriteBps": NoList(),
    "BlkioDeviceReadIOps": NoList(),
    "BlkioDeviceWriteIOps": NoList(),
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": [],
    "DeviceCgroupRules": NoList(),
    "DeviceRequests": NoList(),
    "KernelMemory": 0,
    "KernelMemoryTCP": 0,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": False,
    "PidsLimit": None,
    "Ulimits": NoList(),
    "CpuCount": 0,
    "CpuPercent": 0,
    "IOMaximumIOps": 0,
    "IOMaximumBandwidth": 0,
    "MaskedPaths": [],
    "ReadonlyPaths": [],
}


def inspect(book: Book, item: Item) -> Struct:
    """``HostConfig`` of a container."""
    container = item.container
    links = [f"/{link.container}:/{item.name}/{link.alias}" for link in container.links]
    return Struct(
        Binds=NoList(),
        ContainerIDFile="",
        LogConfig=Struct(Type="json-file", Config=Texts()),
        NetworkMode=mode(book, item),
        PortBindings=ports.wished(container.ports),
        RestartPolicy=_policy(container.restart),
        AutoRemove=container.auto_remove,
        **_BEFORE,
        CgroupnsMode="host",
        Dns=list(container.dns),
        DnsOptions=list(container.dns_opt),
        DnsSearch=list(container.dns_search),
        ExtraHosts=[f"{name}:{ip}" for name, ip in container.extra_hosts] or NoList(),
        **_SPACES,
        Links=links or NoList(),
        **_RIGHTS,
        PublishAllPorts=container.publish_all,
        **_MORE,
        ShmSize=67108864,
        Sysctls=Texts(container.sysctls) if container.sysctls else Hidden("map[]"),
        Runtime="nsnet",
        ConsoleSize=[0, 0],
        Isolation="",
        **_LIMITS,
    )


def mode(book: Book, item: Item) -> str:
    """Docker's word for whose network stack it uses."""
    container = item.container
    if container.mode == "container":
        for other in book.named(container.share):
            return f"container:{other.id}"
        return f"container:{container.share}"
    if container.mode != "bridge":
        return container.mode
    first = container.attachments[0].network if container.attachments else DEFAULT_NETWORK
    by_hand = item.record.layout.name == BY_HAND
    return "default" if by_hand and first == DEFAULT_NETWORK else first


def _policy(text: str) -> Struct:
    name, _, count = text.partition(":")
    return Struct(Name=name or "no", MaximumRetryCount=int(count or 0))
