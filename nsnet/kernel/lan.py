"""Interfaces that share the wire of one of the host's: macvlan, ipvlan, VLANs.

Sources: Linux ``include/uapi/linux/if_link.h``, ``Documentation/networking/ipvlan.rst``,
``drivers/net/macvlan.c``.
"""

from __future__ import annotations

import os
import socket
import struct
import sys

from . import link
from .link import Link
from .netlink import Channel, attr, attr_u32, attributes

#: The modes of both kinds.
MODES = {
    "macvlan": {"private": 1, "vepa": 2, "bridge": 4, "passthru": 8},
    "ipvlan": {"l2": 0, "l3": 1, "l3s": 2},
}
#: How ipvlan interfaces of one parent reach each other.
FLAGS = {"bridge": 0, "private": 1, "vepa": 2}

#: The modules that make the kinds, where the kernel has them as modules.
MODULES = {"macvlan": "macvlan", "ipvlan": "ipvlan", "vlan": "8021q", "dummy": "dummy"}

_MODE, _FLAGS = 1, 2
_VLAN_ID = 1
_U16 = struct.Struct("=H")


def add(
    channel: Channel,
    name: str,
    index: int,
    kind: str,
    mode: str,
    flag: str,
    parent: int,
    token: object,
    *,
    mac: str = "",
    mtu: int = 0,
    group: int = 0,
    netns_fd: int | None = None,
    up: bool = False,
) -> None:
    """Queue a macvlan or ipvlan interface of the interface with index `parent`. An `mtu` of 0
    is the parent's."""
    number = MODES[kind][mode]
    data = attr_u32(_MODE, number) if kind == "macvlan" else attr(_MODE, _U16.pack(number))
    if kind == "ipvlan" and FLAGS[flag]:
        data += attr(_FLAGS, _U16.pack(FLAGS[flag]))
    link.add_link(
        channel,
        name,
        index,
        kind,
        token,
        data=data,
        parent=parent,
        mac=mac,
        mtu=mtu,
        group=group,
        netns_fd=netns_fd,
        up=up,
    )


def add_vlan(
    channel: Channel,
    name: str,
    index: int,
    number: int,
    parent: int,
    group: int,
    token: object,
) -> None:
    """Queue the VLAN `number` of the interface with index `parent`, up."""
    data = attr(_VLAN_ID, _U16.pack(number))
    link.add_link(
        channel, name, index, "vlan", token, data=data, parent=parent, group=group, up=True
    )


def mode_of(found: Link) -> tuple[str, str]:
    """Mode and flag of a macvlan or ipvlan interface."""
    data = dict(attributes(found.data))
    flags = {number: name for name, number in FLAGS.items()}
    names = {number: name for name, number in MODES[found.kind].items()}
    flag = flags.get(_number(data.get(_FLAGS)), "?") if found.kind == "ipvlan" else ""
    return names.get(_number(data.get(_MODE)), "?"), flag


def vlan_id(found: Link) -> int:
    """The number of a VLAN's interface."""
    return _number(dict(attributes(found.data)).get(_VLAN_ID))


def _number(value: bytes | None) -> int:
    return int.from_bytes(value or b"", sys.byteorder)


def index_of(name: str, otherwise: int) -> int:
    """The index of an interface of the thread's namespace; `otherwise` if there is none yet."""
    try:
        return socket.if_nametoindex(name)
    except OSError:
        return otherwise


def is_wireless(found: Link) -> bool:
    """Is it a station of a wireless network? (Its sysfs directory belongs to the namespace that
    mounted /sys: the index tells whether that is the same interface.)"""
    folder = f"/sys/class/net/{found.name}"
    try:
        with open(f"{folder}/ifindex", encoding="ascii") as file:
            same = int(file.read()) == found.index
    except (OSError, ValueError):
        return False
    return same and os.path.exists(f"{folder}/phy80211")
