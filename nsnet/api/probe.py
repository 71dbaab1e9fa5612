"""Asking over the network: a ping, and a question to a server.

The sockets come from inside the lab, so that these few lines are all it takes: no `ping`, no
`curl`, and no process in the container.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from select import select
from urllib.parse import urlsplit

from ..kernel.errors import KernelError
from .askable import text

#: ICMP's numbers for both families (RFC 792, RFC 4443): protocol, request, reply.
_ICMP = {
    socket.AF_INET: (socket.IPPROTO_ICMP, 8, 0),
    socket.AF_INET6: (socket.IPPROTO_ICMPV6, 128, 129),
}
_URL = "write http://ADDRESS:PORT/PATH or tcp://ADDRESS:PORT"
#: Seconds between two pings.
_PAUSE = 0.25


def family_of(address: str) -> socket.AddressFamily:
    """The family of an IP address. Raises `KernelError` where it is none."""
    import ipaddress

    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        why = "write an IP address; names are for those inside the lab"
        raise KernelError(f"cannot reach {address!r}", why) from None
    return socket.AF_INET6 if version == 6 else socket.AF_INET


def icmp(family: socket.AddressFamily) -> tuple[int, int, int]:
    """The arguments for the socket of `echoes`."""
    return family, socket.SOCK_RAW, _ICMP[family][0]


def echoes(sock: socket.socket, address: str, timeout: float) -> bool:
    """Does `address` answer an ICMP echo request within `timeout` seconds?"""
    _, request, reply = _ICMP[socket.AddressFamily(sock.family)]
    mark = os.urandom(4)
    limit = time.monotonic() + timeout
    while (left := limit - time.monotonic()) > 0:
        try:
            sock.sendto(_packet(request, mark), (address, 0))
        except OSError:
            return False  # No route, or forbidden.
        if _answered(sock, bytes([reply, 0]), mark, min(left, _PAUSE)):
            return True
    return False


def _packet(kind: int, mark: bytes) -> bytes:
    """An echo request. (The kernel itself writes the checksum of ICMPv6.)"""
    words = struct.unpack("!4H", struct.pack("!BBH", kind, 0, 0) + mark)
    total = sum(words)
    total = (total >> 16) + (total & 0xFFFF)
    total += total >> 16
    return struct.pack("!BBH", kind, 0, ~total & 0xFFFF) + mark


def _answered(sock: socket.socket, head: bytes, mark: bytes, timeout: float) -> bool:
    limit = time.monotonic() + timeout
    while select([sock], [], [], max(0.0, limit - time.monotonic()))[0]:
        packet = sock.recv(2048)
        if sock.family == socket.AF_INET:
            packet = packet[(packet[0] & 15) * 4 :]  # raw IPv4 sockets keep the IP header
        if packet[:2] == head and packet[4:8] == mark:
            return True
    return False


def address_of(url: str) -> tuple[str, str, int, str]:
    """Scheme, address, port and path of ``http://ADDRESS[:PORT]/PATH`` or
    ``tcp://ADDRESS:PORT``. Raises `KernelError`."""
    try:
        parts = urlsplit(text("cannot get", url, _URL))
        port = parts.port or (80 if parts.scheme == "http" else 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("http", "tcp") or not parts.hostname or not port:
        raise KernelError(f"cannot get {url!r}", _URL)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
    return parts.scheme, host, port, path


def fetch(sock: socket.socket, url: str, timeout: float) -> str:
    """What the server at `url` answers, all within `timeout` seconds. Raises OSError."""
    scheme, address, port, path = address_of(url)
    limit = time.monotonic() + timeout
    sock.settimeout(timeout)
    sock.connect((address, port))
    if scheme == "http":
        host = urlsplit(url).netloc
        sock.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: nsnet\r\n\r\n".encode())
    answer = bytearray()
    while part := sock.recv(1 << 16):
        answer += part
        sock.settimeout(max(0.001, limit - time.monotonic()))
    return _body(bytes(answer)).decode(errors="replace")


def _body(answer: bytes) -> bytes:
    """The page without its head, where there is one."""
    head, gap, body = answer.partition(b"\r\n\r\n")
    return body if gap and head.startswith(b"HTTP/") else answer
