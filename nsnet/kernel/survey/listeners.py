"""Which sockets take calls.

The kernel is asked by sock_diag(7), which looks at waiting sockets alone; /proc/net/tcp walks
through the table of all connections of all namespaces, which takes it 10 ms.

Sources: sock_diag(7), Linux ``include/uapi/linux/inet_diag.h``, ``net/ipv4/tcp_ipv4.c``.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv6Address

from ..netlink import Channel, attributes
from .model import Listener

_SOCK_DIAG, _BY_FAMILY = 4, 20  # NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY
_REQUEST = struct.Struct("=BBBxI48x")  # struct inet_diag_req_v2
#: The size of struct inet_diag_msg, and INET_DIAG_SKV6ONLY behind it.
_MESSAGE, _SIX_ONLY = 72, 11
_PROTOCOLS = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
#: What a socket that waits is in: TCP_LISTEN; UDP's are in TCP_CLOSE until they are connected.
_WAITING = {"tcp": 10, "udp": 7}
_FAMILIES = {"": socket.AF_INET, "6": socket.AF_INET6}


def read() -> Iterator[Listener]:
    """Those of the namespace that this thread is in."""
    channel = Channel(_SOCK_DIAG)
    try:
        for protocol in _PROTOCOLS:
            for suffix in _FAMILIES:
                try:
                    yield from list(_ask(channel, protocol, suffix))
                except OSError:  # a kernel without that part of it
                    yield from _read(protocol, suffix)
    finally:
        channel.close()


def _ask(channel: Channel, protocol: str, suffix: str) -> Iterator[Listener]:
    family = _FAMILIES[suffix]
    size = 4 if family == socket.AF_INET else 16
    request = _REQUEST.pack(family, _PROTOCOLS[protocol], 0, 1 << _WAITING[protocol])
    for data in channel.dump(_BY_FAMILY, request):
        port = int.from_bytes(data[4:6], "big")
        inode = struct.unpack_from("=I", data, 68)[0]
        six_only = dict(attributes(data, _MESSAGE)).get(_SIX_ONLY) == b"\1"
        yield Listener(protocol, _text(data[8 : 8 + size]), port, inode, six_only)


def _read(protocol: str, suffix: str) -> Iterator[Listener]:
    try:
        with open(f"/proc/thread-self/net/{protocol}{suffix}", encoding="ascii") as file:
            lines = file.read().splitlines()[1:]
    except OSError:  # a kernel without IPv6
        return
    for line in lines:
        words = line.split()
        if int(words[3], 16) == _WAITING[protocol]:
            address, _, port = words[1].partition(":")
            yield Listener(protocol, _address(address), int(port, 16), int(words[9]))


def _address(text: str) -> str:
    """/proc has each 32-bit word in the order of the machine's bytes."""
    words = [int(text[i : i + 8], 16) for i in range(0, len(text), 8)]
    return _text(struct.pack(f"={len(words)}I", *words))


def _text(raw: bytes) -> str:
    if len(raw) == 4:
        return socket.inet_ntoa(raw)
    mapped = IPv6Address(raw).ipv4_mapped
    return str(mapped) if mapped else socket.inet_ntop(socket.AF_INET6, raw)
