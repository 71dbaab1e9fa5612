"""The events of one network namespace, and which of them are changes.

Not heard: what the machine learns or does by itself (neighbours, forwarding databases, cached
routes, the link-local part of IPv6, which follows an interface after a second or two), an
interface that somebody listens at (promiscuous mode), and the tables of our own traces.

Sources: Linux ``include/uapi/linux/{rtnetlink,if_link,neighbour}.h`` and
``include/uapi/linux/netfilter/nf_tables.h``.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from collections.abc import Iterator

from ..netlink import attributes
from ..survey.model import TRACE_TABLES

LINK, ADDRESS, ROUTE, NEIGHBOUR = "link", "address", "route", "neighbour"
FIREWALL, SETTING = "firewall", "setting"

_NETFILTER = 12  # NETLINK_NETFILTER
_SO_RCVBUFFORCE, _ROOM = 33, 1 << 20
_HEADER = struct.Struct("=IHHII")

#: RTNLGRP_LINK, NEIGH, TC, IPV4_IFADDR, _ROUTE, _RULE, the same for IPv6, NETCONF, NEXTHOP.
_ROUTE_GROUPS = (1, 3, 4, 5, 7, 8, 9, 11, 19, 24, 25, 32)
_NFTABLES_GROUPS = (7,)  # NFNLGRP_NFTABLES
#: RTM_…: 16 to 19 links, 20 to 23 addresses, and so on; queues are a property of their link.
_BY_FOURS = {
    16: LINK, 20: ADDRESS, 24: ROUTE, 28: NEIGHBOUR, 32: ROUTE, 36: LINK, 40: LINK, 44: LINK,
    80: SETTING, 104: ROUTE,
}  # fmt: skip
_FLAGS_CHANGED = 12  # the offset of ifi_change in struct ifinfomsg
_LISTENED_AT = 0x100 | 0x200  # IFF_PROMISC, IFF_ALLMULTI
_CLONED = 0x200  # RTM_F_CLONED: what the kernel remembers of a path
_DESTINATION = 1  # RTA_DST
_SCOPE_LINK = 253  # RT_SCOPE_LINK
_AF_BRIDGE, _NOARP, _PERMANENT = 7, 0x40, 0x80
_SUBSYSTEM, _NEW_GENERATION = 10, 15  # NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWGEN
_OWN = TRACE_TABLES.encode()


class Ear:
    """Hears what changes in the namespace that this thread is in when it is made."""

    def __init__(self) -> None:
        self._route = _listen(socket.NETLINK_ROUTE, _ROUTE_GROUPS)
        try:
            self._netfilter = _listen(_NETFILTER, _NFTABLES_GROUPS)
        except BaseException:
            self._route.close()
            raise

    def files(self) -> tuple[int, int]:
        """To be waited for."""
        return self._route.fileno(), self._netfilter.fileno()

    def hear(self) -> set[str]:
        """The kinds of changes since the last call. Where events were lost, any could be."""
        kinds = set()
        for data in _received(self._route):
            if data is None:
                kinds |= {LINK, ADDRESS, ROUTE, NEIGHBOUR, SETTING}
            else:
                kinds |= {_kind(*message) for message in _messages(data)}
        for data in _received(self._netfilter):
            if data is None or any(_is_firewall(*message) for message in _messages(data)):
                kinds.add(FIREWALL)
        return kinds - {""}

    def close(self) -> None:
        """Hear no more."""
        self._route.close()
        self._netfilter.close()


def _listen(protocol: int, groups: tuple[int, ...]) -> socket.socket:
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    sock = socket.socket(socket.AF_NETLINK, kind, protocol)
    try:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _ROOM)
        sock.bind((0, sum(1 << group - 1 for group in groups)))
    except BaseException:
        sock.close()
        raise
    return sock


def _received(sock: socket.socket) -> Iterator[bytes | None]:
    """All that has come; None for what was lost because there was too much of it."""
    while True:
        try:
            yield sock.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            yield None


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset + 16 <= len(data):
        size, kind, _, _, _ = _HEADER.unpack_from(data, offset)
        yield kind, data[offset + 16 : offset + size]
        offset += max(16, (size + 3) & ~3)


def _kind(message: int, body: bytes) -> str:
    """What an rtnetlink message tells of; "" if it is none of our business."""
    kind = _BY_FOURS.get(message & ~3, "")
    if kind == LINK and message & ~3 == 16:
        (changed,) = struct.unpack_from("=I", body, _FLAGS_CHANGED)
        return "" if changed and not changed & ~_LISTENED_AT else kind
    if kind == ADDRESS:
        return "" if body[0] == socket.AF_INET6 and body[3] == _SCOPE_LINK else kind
    if kind == ROUTE and message & ~3 == 24:
        (flags,) = struct.unpack_from("=I", body, 8)
        return "" if flags & _CLONED or _is_link_local(body) else kind
    if kind == NEIGHBOUR:
        # Entries made by hand. (The kernel makes NOARP neighbours by itself, no such fdb entries.)
        (state,) = struct.unpack_from("=H", body, 8)
        by_hand = _PERMANENT | (_NOARP if body[0] == _AF_BRIDGE else 0)
        return kind if state & by_hand else ""
    return kind


def _is_link_local(body: bytes) -> bool:
    """Is it a route of IPv6 to fe80::/10 or ff00::/8?"""
    if body[0] != socket.AF_INET6:
        return False
    to = dict(attributes(body, 12)).get(_DESTINATION, b"")
    return to[:1] == b"\xff" or to[:2] == b"\xfe\x80"


def _is_firewall(message: int, body: bytes) -> bool:
    """Is it about a table that is not one of our traces? (Attribute 1 of every kind of object
    but the generation is the name of its table.)"""
    if message >> 8 != _SUBSYSTEM or message & 0xFF == _NEW_GENERATION:
        return False
    return not any(k == 1 and name.startswith(_OWN) for k, name in attributes(body, 4))
