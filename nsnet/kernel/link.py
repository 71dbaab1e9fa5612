"""Network interfaces: the messages that make, change and remove them, and their reading back.

Sources: rtnetlink(7), Linux ``include/uapi/linux/if_link.h``, ``drivers/net/veth.c`` (a veth
peer is described by a whole second link message inside the first, its namespace included).
"""

from __future__ import annotations

import struct
import sys

from ..value import Value
from .netlink import (
    NESTED,
    NEW,
    REQUEST,
    Channel,
    attr,
    attr_text,
    attr_u32,
    chosen,
    mac_bytes,
    mac_text,
)

RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK = 16, 17, 18, 19
UP = 0x1

_ADDRESS, _IFNAME, _MTU, _LINK, _MASTER, _LINKINFO = 1, 3, 4, 5, 10, 18
_OPERSTATE, _IFALIAS, _GROUP, _NET_NS_FD, _EXT_MASK, _CARRIER = 16, 20, 27, 28, 29, 33
_LINK_NETNSID, _NEW_IFINDEX = 37, 49
_INFO_KIND, _INFO_DATA, _SLAVE_DATA = 1, 2, 5
_PEER = 1
_PORT_STATE, _PORT_HAIRPIN = 1, 4
_SKIP_STATS = 8
_FORWARDING = 3
_OPER_UP = b"\x06"  # RFC 2863

_OF_LINK = frozenset(
    (_ADDRESS, _IFNAME, _MTU, _LINK, _MASTER, _LINKINFO, _IFALIAS, _GROUP, _CARRIER, _LINK_NETNSID)
)
_OF_INFO = frozenset((_INFO_KIND, _INFO_DATA, _SLAVE_DATA))
_OF_SLAVE = frozenset((_PORT_STATE, _PORT_HAIRPIN))
_OF_PORT = frozenset((_LINKINFO, _OPERSTATE))

#: So many interfaces are asked about one by one; for more of them, all are read at once.
_FEW = 16

_INFO = struct.Struct("=BBHiII")


class Link(Value):
    """One interface as the kernel reports it. `peer` is the other end's index (0: none; of a
    macvlan, ipvlan or vlan it is the parent's), `netnsid` the kernel's local number of the
    namespace it is in (None: this one), `data` the attributes of its kind."""

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
    data: bytes = b""


def _head(index: int = 0, flags: int = 0, change: int = 0) -> bytes:
    return _INFO.pack(0, 0, 0, index, flags, change)


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


def add_link(
    channel: Channel,
    name: str,
    index: int,
    kind: str,
    token: object,
    *,
    data: bytes = b"",
    parent: int = 0,
    mac: str = "",
    mtu: int = 0,
    group: int = 0,
    netns_fd: int | None = None,
    up: bool = False,
) -> None:
    """Queue an interface of any `kind` with the attributes `data` of that kind. What is 0 or
    empty is left to the kernel; with `netns_fd` it is made inside that namespace."""
    body = (_head(index, UP, UP) if up else _head(index)) + attr_text(_IFNAME, name)
    for number, value in ((_LINK, parent), (_MTU, mtu), (_GROUP, group)):
        body += attr_u32(number, value) if value else b""
    body += attr(_ADDRESS, mac_bytes(mac)) if mac else b""
    body += attr_u32(_NET_NS_FD, netns_fd) if netns_fd is not None else b""
    info = attr_text(_INFO_KIND, kind) + (attr(_INFO_DATA | NESTED, data) if data else b"")
    channel.add(RTM_NEWLINK, NEW, body + attr(_LINKINFO | NESTED, info), token)


def rename(channel: Channel, index: int, name: str, token: object) -> None:
    """Queue a new name for interface `index`, which has to be down."""
    channel.add(RTM_NEWLINK, REQUEST, _head(index) + attr_text(_IFNAME, name), token)


def move(channel: Channel, index: int, netns_fd: int, name: str, number: int = 0) -> None:
    """Queue the move of an interface into another namespace, under another name. There it has the
    index `number` (Linux 5.13), or its old one if that is free. It arrives switched off, and
    without addresses."""
    body = _head(index) + attr_u32(_NET_NS_FD, netns_fd) + attr_text(_IFNAME, name)
    channel.add(RTM_NEWLINK, REQUEST, body + (attr_u32(_NEW_IFINDEX, number) if number else b""))


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


def index_of(channel: Channel, device: str) -> int:
    """The number of an interface; 0 if there is none of the name."""
    return next((each.index for each in links(channel) if each.name == device), 0)


def waiting_ports(channel: Channel, indexes: set[int]) -> set[int]:
    """Those of the bridge ports `indexes` that do not carry frames yet: their first ones would
    be lost. One that is gone, or no port any more, is not waited for.

    Forwarding alone does not say it: a port that is added before the kernel has looked at
    its carrier forwards for the moment, with a queue that drops everything. That look is
    what turns its operational state to UP.
    """
    mask = attr_u32(_EXT_MASK, _SKIP_STATS)
    if len(indexes) > _FEW:
        found = [*channel.dump(RTM_GETLINK, _head() + mask)]
    else:
        asked = (channel.get(RTM_GETLINK, _head(index) + mask) for index in indexes)
        found = [data for data in asked if data]
    return {_INFO.unpack_from(data)[3] for data in found if _waits(data)} & indexes


def _waits(data: bytes) -> bool:
    found = chosen(data, 16, _OF_PORT)
    info = chosen(found.get(_LINKINFO, b""), 0, _OF_INFO)
    port = chosen(info.get(_SLAVE_DATA, b""), 0, _OF_SLAVE)
    state = (port.get(_PORT_STATE), found.get(_OPERSTATE))
    return _PORT_STATE in port and state != (bytes((_FORWARDING,)), _OPER_UP)


def _decode(data: bytes) -> Link:
    _, _, _, index, flags, _ = _INFO.unpack_from(data)
    found = chosen(data, 16, _OF_LINK)
    info = chosen(found.get(_LINKINFO, b""), 0, _OF_INFO)
    port = chosen(info.get(_SLAVE_DATA, b""), 0, _OF_SLAVE)
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
        data=info.get(_INFO_DATA, b""),
    )


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode(errors="replace")


def _number(value: bytes | None) -> int | None:
    return None if value is None else int.from_bytes(value[:4], sys.byteorder)
