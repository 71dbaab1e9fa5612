"""Which sockets take calls, as /proc/net tells it.

Source: proc(5), Linux ``net/ipv4/tcp_ipv4.c`` (``tcp4_seq_show``).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv6Address

from .model import Listener

#: The state of a socket that waits: TCP_LISTEN; UDP's are all in TCP_CLOSE until connected.
_WAITING = {"tcp": "0A", "udp": "07"}


def read() -> Iterator[Listener]:
    """Those of the namespace that this thread is in."""
    for protocol, state in _WAITING.items():
        for suffix in ("", "6"):
            yield from _read(protocol, suffix, state)


def _read(protocol: str, suffix: str, state: str) -> Iterator[Listener]:
    try:
        with open(f"/proc/thread-self/net/{protocol}{suffix}", encoding="ascii") as file:
            lines = file.read().splitlines()[1:]
    except OSError:  # a kernel without IPv6
        return
    for line in lines:
        words = line.split()
        if words[3] == state:
            address, _, port = words[1].partition(":")
            yield Listener(protocol, _address(address), int(port, 16), int(words[9]))


def _address(text: str) -> str:
    """The kernel prints each 32-bit word in the order of the machine's bytes."""
    words = [int(text[i : i + 8], 16) for i in range(0, len(text), 8)]
    raw = struct.pack(f"={len(words)}I", *words)
    if len(raw) == 4:
        return socket.inet_ntoa(raw)
    mapped = IPv6Address(raw).ipv4_mapped
    return str(mapped) if mapped else socket.inet_ntop(socket.AF_INET6, raw)
