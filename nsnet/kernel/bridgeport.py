"""The flags of bridge ports, as ``bridge link set`` changes them. ``hairpin`` lets a port send a
frame back where it came from.

Source: Linux ``include/uapi/linux/if_link.h`` (IFLA_BRPORT_…), ``net/bridge/br_netlink.c``.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from .link import RTM_SETLINK
from .netlink import NESTED, REQUEST, Channel, attr, attr_u8

_INFO = struct.Struct("=BBHiII")
_AF_BRIDGE, _PROTINFO = 7, 12
_FLAGS = {"hairpin": 4, "learning": 8, "flood": 9, "neigh_suppress": 32, "isolated": 33}


def set_flags(channel: Channel, index: int, flags: Mapping[str, int], token: object = None) -> None:
    """Queue flags of the bridge port `index`, by the names that ``bridge`` has for them."""
    body = b"".join(attr_u8(_FLAGS[name], on) for name, on in flags.items() if name in _FLAGS)
    head = _INFO.pack(_AF_BRIDGE, 0, 0, index, 0, 0)
    channel.add(RTM_SETLINK, REQUEST, head + attr(_PROTINFO | NESTED, body), token)
