"""Network interfaces: the messages that make, change and remove them, and their reading back.

Sources: rtnetlink(7), Linux ``include/uapi/linux/if_link.h``, ``drivers/net/veth.c`` (a veth
peer is described by a whole second link message inside the first, its namespace included).
"""

from __future__ import annotations

import struct
import sys
from dataclasses import dataclass

from .netlink import (
    NESTED,
    NEW,
    REQUEST,
    Channel,
    attr,
    attr_text,
    attr_u8,
    attr_u32,
    attributes,
    mac_bytes,
    mac_text,
)

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK = 16, 17, 18, 19
UP = 0x1

_ADDRESS, _IFNAME, _MTU, _LINK, _MASTER, _LINKINFO = 1, 3, 4, 5, 10, 18
_OPERSTATE, _IFALIAS, _GROUP, _NET_NS_FD, _EXT_MASK, _CARRIER = 16, 20, 27, 28, 29, 33
_LINK_NETNSID = 37
_INFO_KIND, _INFO_DATA, _SLAVE_DATA = 1, 2, 5
_PEER = 1
_PORT_STATE, _PORT_HAIRPIN, _PORT_ISOLATED = 1, 4, 33
_SKIP_STATS = 8
_FORWARDING = 3
_OPER_UP = b"\x06"  # RFC 2863
_AF_BRIDGE, _PROTINFO = 7, 12

_INFO = struct.Struct("=BBHiII")


@dataclass(frozen=True, slots=True)
class Link:
    """One interface as the kernel reports it. `peer` is the other end's index (0: none),
    `netnsid` the kernel's local number of the namespace it is in (None: this one)."""

    index: int
    name: str
    kind: str = ""
    mac: str = ""
    mtu: int = 0
    group: int = 0
    alias: str = ""
    master: int = 0
    peer: int = 0
    netnsid: int | None = None
    up: bool = False
    carrier: bool = False
    forwarding: bool = False
    hairpin: bool = False
    isolated: bool = False


def _head(index: int = 0, flags: int = 0, change: int = 0, family: int = 0) -> bytes:
    return _INFO.pack(family, 0, 0, index, flags, change)


_HEAD_UP = _head(0, UP, UP)


def add_bridge(
    channel: Channel, name: str, mac: str, mtu: int, group: int, index: int, token: object
) -> None:
    """Queue a bridge, up."""
    info = attr(_LINKINFO | NESTED, attr_text(_INFO_KIND, "bridge"))
    body = _head(index, UP, UP) + attr_text(_IFNAME, name) + attr(_ADDRESS, mac_bytes(mac))
    body += attr_u32(_MTU, mtu) + attr_u32(_GROUP, group) + info
    channel.add(RTM_NEWLINK, NEW, body, token)


_VETH_KIND = attr_text(_INFO_KIND, "veth")


def add_veth(
    channel: Channel,
    name: str,
    mac: str,
    mtu: int,
    group: int,
    index: int,
    master: int,
    peer_name: str,
    peer_mac: str,
    peer_index: int,
    netns_fd: int,
    token: object,
) -> None:
    """Queue a cable: this end up and plugged into bridge `master`, the other end made inside
    the namespace of `netns_fd` (down: the kernel brings no peer up)."""
    mtu_attr = attr_u32(_MTU, mtu)
    peer = b"".join(
        (
            _head(peer_index),
            attr_text(_IFNAME, peer_name),
            attr(_ADDRESS, bytes.fromhex(peer_mac.replace(":", ""))),
            mtu_attr,
            attr_u32(_NET_NS_FD, netns_fd),
        )
    )
    info = _VETH_KIND + attr(_INFO_DATA | NESTED, attr(_PEER | NESTED, peer))
    body = b"".join(
        (
            _head(index, UP, UP),
            attr_text(_IFNAME, name),
            attr(_ADDRESS, bytes.fromhex(mac.replace(":", ""))),
            mtu_attr,
            attr_u32(_GROUP, group),
            attr_u32(_MASTER, master),
            attr(_LINKINFO | NESTED, info),
        )
    )
    channel.add(RTM_NEWLINK, NEW, body, token)


#: The modes of the drivers that share the wire of a host's interface
#: (Linux Documentation/networking/ipvlan.rst; include/uapi/linux/if_link.h).
LAN_MODES = {
    "macvlan": {"private": 1, "vepa": 2, "bridge": 4, "passthru": 8},
    "ipvlan": {"l2": 0, "l3": 1, "l3s": 2},
}
_MODE = 1


def add_lan_link(
    channel: Channel,
    name: str,
    index: int,
    kind: str,
    mode: str,
    parent: int,
    mac: str,
    mtu: int,
    netns_fd: int,
    token: object,
) -> None:
    """Queue a macvlan or ipvlan interface of `parent`, made inside a namespace, down."""
    number = LAN_MODES[kind][mode]
    data = attr_u32(_MODE, number) if kind == "macvlan" else attr(_MODE, struct.pack("=H", number))
    info = attr_text(_INFO_KIND, kind) + attr(_INFO_DATA | NESTED, data)
    body = _head(index) + attr_text(_IFNAME, name) + attr_u32(_LINK, parent) + attr_u32(_MTU, mtu)
    body += attr(_ADDRESS, mac_bytes(mac)) if mac else b""
    body += attr_u32(_NET_NS_FD, netns_fd) + attr(_LINKINFO | NESTED, info)
    channel.add(RTM_NEWLINK, NEW, body, token)


def rename(channel: Channel, index: int, name: str, token: object) -> None:
    """Queue a new name for interface `index`, which has to be down."""
    channel.add(RTM_NEWLINK, REQUEST, _head(index) + attr_text(_IFNAME, name), token)


def set_up(channel: Channel, name: str, token: object, up: bool = True) -> None:
    """Queue ``ip link set NAME up`` (or down)."""
    head = _HEAD_UP if up else _head(0, 0, UP)
    channel.add(RTM_NEWLINK, REQUEST, head + attr_text(_IFNAME, name), token)


def set_alias(channel: Channel, index: int, alias: str, token: object) -> None:
    """Queue the alias of interface `index`; the kernel ignores one given at creation."""
    channel.add(RTM_NEWLINK, REQUEST, _head(index) + attr(_IFALIAS, alias.encode()), token)


def post_alias(channel: Channel, index: int, alias: str) -> None:
    """Set an alias at once, unacknowledged: the mark of a namespace, before it has a name."""
    channel.post(RTM_NEWLINK, REQUEST, _head(index) + attr(_IFALIAS, alias.encode()))


def change(
    channel: Channel,
    name: str,
    token: object,
    *,
    mtu: int | None = None,
    mac: str | None = None,
    master: int | None = None,
    up: bool | None = None,
    alias: str | None = None,
    group: int | None = None,
) -> None:
    """Queue a change of the attributes that are given; `master` 0 unplugs from the bridge."""
    head = _head() if up is None else _head(0, UP if up else 0, UP)
    body = head + attr_text(_IFNAME, name)
    if mac is not None:
        body += attr(_ADDRESS, mac_bytes(mac))
    for kind, number in ((_MTU, mtu), (_MASTER, master), (_GROUP, group)):
        if number is not None:
            body += attr_u32(kind, number)
    if alias is not None:
        body += attr(_IFALIAS, alias.encode())
    channel.add(RTM_NEWLINK, REQUEST, body, token)


def port_flags(
    channel: Channel, index: int, token: object, *, isolated: bool, hairpin: bool
) -> None:
    """Queue the two flags of a bridge port that Docker's features need."""
    flags = attr_u8(_PORT_HAIRPIN, hairpin) + attr_u8(_PORT_ISOLATED, isolated)
    body = _head(index, family=_AF_BRIDGE) + attr(_PROTINFO | NESTED, flags)
    channel.add(RTM_SETLINK, REQUEST, body, token)


def delete(channel: Channel, name: str, token: object) -> None:
    """Queue the removal of one interface (and so of its peer)."""
    channel.add(RTM_DELLINK, REQUEST, _head() + attr_text(_IFNAME, name), token)


def delete_group(channel: Channel, group: int, token: object) -> None:
    """Queue the removal of every interface of `group`: one wait of the kernel for all."""
    channel.add(RTM_DELLINK, REQUEST, _head() + attr_u32(_GROUP, group), token)


def links(channel: Channel) -> list[Link]:
    """Every interface of the channel's namespace."""
    request = _head() + attr_u32(_EXT_MASK, _SKIP_STATS)
    return [_decode(data) for data in channel.dump(RTM_GETLINK, request)]


def waiting_ports(channel: Channel) -> set[int]:
    """Indexes of bridge ports that do not carry frames yet: their first ones would be lost.

    Forwarding alone does not say it: a port that is added before the kernel has looked at
    its carrier forwards for the moment, with a queue that drops everything. That look is
    what turns its operational state to UP.
    """
    waiting = set()
    for data in channel.dump(RTM_GETLINK, _head(family=_AF_BRIDGE)):
        found = dict(attributes(data, 16))
        port = dict(attributes(found.get(_PROTINFO, b"")))
        if port and (port.get(_PORT_STATE), found.get(_OPERSTATE)) != (b"\x03", _OPER_UP):
            waiting.add(_INFO.unpack_from(data)[3])
    return waiting


def _decode(data: bytes) -> Link:
    _, _, _, index, flags, _ = _INFO.unpack_from(data)
    found = dict(attributes(data, 16))
    info = dict(attributes(found.get(_LINKINFO, b"")))
    port = dict(attributes(info.get(_SLAVE_DATA, b"")))
    return Link(
        index=index,
        name=_text(found[_IFNAME]),
        kind=_text(info.get(_INFO_KIND, b"")),
        mac=mac_text(found.get(_ADDRESS, b"")),
        mtu=_number(found.get(_MTU)) or 0,
        group=_number(found.get(_GROUP)) or 0,
        alias=_text(found.get(_IFALIAS, b"")),
        master=_number(found.get(_MASTER)) or 0,
        peer=_number(found.get(_LINK)) or 0,
        netnsid=_number(found.get(_LINK_NETNSID)),
        up=bool(flags & UP),
        carrier=found.get(_CARRIER) == b"\1",
        forwarding=port.get(_PORT_STATE) == bytes((_FORWARDING,)),
        hairpin=port.get(_PORT_HAIRPIN) == b"\1",
        isolated=port.get(_PORT_ISOLATED) == b"\1",
    )


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode(errors="replace")


def _number(value: bytes | None) -> int | None:
    return None if value is None else int.from_bytes(value[:4], sys.byteorder)
