"""Reading interfaces with the options of their kind and of the bridge that they are ports of.

Sources: rtnetlink(7), Linux ``include/uapi/linux/if_link.h``.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..netlink import Channel, attr_u32, attributes, chosen, mac_text
from .model import Interface

_GET = 18  # RTM_GETLINK
_INFO = struct.Struct("=BBHiII")
_ADDRESS, _IFNAME, _MTU, _LINK, _MASTER = 1, 3, 4, 5, 10
_OPERSTATE, _LINKINFO, _IFALIAS, _GROUP, _EXT_MASK, _NETNSID, _UPS = 16, 18, 20, 27, 29, 37, 47
_WANTED = frozenset(
    (_ADDRESS, _IFNAME, _MTU, _LINK, _MASTER, _OPERSTATE, _LINKINFO, _IFALIAS, _GROUP, _NETNSID,
     _UPS)
)  # fmt: skip
_KIND, _DATA, _SLAVE_KIND, _SLAVE_DATA = 1, 2, 4, 5  # IFLA_INFO_…
_SKIP_STATS = 8
_UP, _PROMISC, _LOWER_UP = 0x1, 0x100, 0x10000
#: RFC 2863, as the kernel numbers it.
_STATES = ("UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP")

#: IFLA_BRPORT_…, those that decide where a frame goes.
_PORT = {
    1: "state",
    4: "hairpin",
    8: "learning",
    9: "flood",
    32: "neigh_suppress",
    33: "isolated",
}
_BRIDGE = {5: "stp_state", 7: "vlan_filtering", 36: "nf_call_iptables", 37: "nf_call_ip6tables"}
_VXLAN = {1: "id", 3: "dev", 7: "learning"}
_VXLAN_ADDRESSES = {2: "remote", 4: "local", 16: "remote", 17: "local"}
_MACVLAN_MODES = {1: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source"}
_IPVLAN_MODES = {0: "l2", 1: "l3", 2: "l3s"}

Options = Mapping[str, str | int]
_NOTHING: Mapping[str, int] = MappingProxyType({})


def read(channel: Channel, space: str) -> Iterator[tuple[Interface, int | None]]:
    """Every interface of the channel's namespace; with it the kernel's local number of the
    namespace that its other end is in, None if that is here, or there is none."""
    request = _INFO.pack(0, 0, 0, 0, 0, 0) + attr_u32(_EXT_MASK, _SKIP_STATS)
    for data in channel.dump(_GET, request):
        yield _decode(data, space)


def _decode(data: bytes, space: str) -> tuple[Interface, int | None]:
    _, _, _, index, flags, _ = _INFO.unpack_from(data)
    found = chosen(data, 16, _WANTED)
    info = dict(attributes(found.get(_LINKINFO, b"")))
    kind = _text(info.get(_KIND, b""))
    state = found.get(_OPERSTATE, b"\0")[0]
    there = found.get(_NETNSID)
    interface = Interface(
        space=space,
        index=index,
        name=_text(found[_IFNAME]),
        kind=kind,
        mac=mac_text(found.get(_ADDRESS, b"")),
        mtu=_number(found.get(_MTU)),
        up=bool(flags & _UP),
        carrier=bool(flags & _LOWER_UP),
        operstate=_STATES[state] if state < len(_STATES) else "",
        promiscuous=bool(flags & _PROMISC),
        master=_number(found.get(_MASTER)),
        peer=_number(found.get(_LINK)),
        peer_space=None if there else space,
        group=_number(found.get(_GROUP)),
        alias=_text(found.get(_IFALIAS, b"")),
        flaps=_number(found.get(_UPS)),
        options=_options(kind, info.get(_DATA, b"")),
        port=_port(info),
    )
    return interface, int.from_bytes(there, sys.byteorder, signed=True) if there else None


def _port(info: dict[int, bytes]) -> Mapping[str, int]:
    if _text(info.get(_SLAVE_KIND, b"")) != "bridge":
        return _NOTHING
    return _named(info.get(_SLAVE_DATA, b""), _PORT)


def _options(kind: str, data: bytes) -> Options:
    if kind == "bridge":
        return _named(data, _BRIDGE)
    if kind == "vxlan":
        return _vxlan(data)
    if kind in ("macvlan", "macvtap"):
        return {"mode": _MACVLAN_MODES.get(_named(data, {1: "mode"}).get("mode", 0), "?")}
    if kind == "ipvlan":
        return {"mode": _IPVLAN_MODES.get(_named(data, {1: "mode"}).get("mode", 0), "?")}
    return dict(_named(data, {1: "id"})) if kind == "vlan" else _NOTHING


def _vxlan(data: bytes) -> Options:
    found: dict[str, str | int] = dict(_named(data, _VXLAN))
    for kind, value in attributes(data):
        if kind in _VXLAN_ADDRESSES:
            family = socket.AF_INET if len(value) == 4 else socket.AF_INET6
            found[_VXLAN_ADDRESSES[kind]] = socket.inet_ntop(family, value)
        elif kind == 15:  # IFLA_VXLAN_PORT, in network order
            found["port"] = int.from_bytes(value, "big")
    return found


def _named(data: bytes, names: Mapping[int, str]) -> dict[str, int]:
    return {names[kind]: _number(value) for kind, value in attributes(data) if kind in names}


def _number(value: bytes | None) -> int:
    return int.from_bytes(value, sys.byteorder) if value else 0


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode(errors="replace")
