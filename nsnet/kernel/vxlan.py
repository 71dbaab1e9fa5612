"""What tells a VXLAN where to send: its number, its port, its entries that lead to far ends.

Source: Linux ``include/uapi/linux/neighbour.h``, ``drivers/net/vxlan/vxlan_core.c``.
"""

from __future__ import annotations

import socket
import struct

from .netlink import Channel, attr, attributes, mac_text

_GET = 30  # RTM_GETNEIGH
_NEIGHBOUR = struct.Struct("=BBHiHBB")
_BRIDGE, _SELF = 7, 0x02
_DESTINATION, _MAC, _CACHEINFO, _MASTER = 1, 2, 3, 9
_NUMBER, _PORT = 1, 15  # IFLA_VXLAN_ID, IFLA_VXLAN_PORT
_TTL_INHERIT, _RESERVED = 28, 33


def changed(data: bytes, number: int = 0, port: int = 0) -> bytes:
    """The options of a VXLAN (IFLA_INFO_DATA) as the kernel takes them, with another number or
    port. It tells two in a form that it does not take: one is a flag, one follows from others."""
    found = {kind: value for kind, value in attributes(data) if kind != _RESERVED}
    if found.pop(_TTL_INHERIT, b"") == b"\1":
        found[_TTL_INHERIT] = b""
    if number:
        found[_NUMBER] = struct.pack("=I", number)
    if port:
        found[_PORT] = struct.pack("!H", port)
    return b"".join(attr(kind, value) for kind, value in found.items())


def remote_entries(channel: Channel, index: int) -> list[tuple[str, str, str]]:
    """(MAC, far end, message in hexadecimal digits) of each entry of the VXLAN `index`."""
    found = []
    for data in channel.dump(_GET, _NEIGHBOUR.pack(_BRIDGE, 0, 0, 0, 0, 0, 0)):
        family, _, _, device, state, flags, kind = _NEIGHBOUR.unpack_from(data)
        values = dict(attributes(data, 12))
        to = values.get(_DESTINATION)
        if family != _BRIDGE or device != index or not to or _MASTER in values:
            continue
        head = _NEIGHBOUR.pack(_BRIDGE, 0, 0, index, state, flags | _SELF, kind)
        kept = [(k, v) for k, v in values.items() if k != _CACHEINFO]
        message = head + b"".join(attr(k, v) for k, v in kept)
        there = socket.AF_INET if len(to) == 4 else socket.AF_INET6
        found.append((mac_text(values[_MAC]), socket.inet_ntop(there, to), message.hex()))
    return found
