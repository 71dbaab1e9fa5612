"""What a file of the folder ``ports`` tells, and the socket that it stands for.

One file per published port that the kernel cannot translate: ``tcp-8080-::.json`` has the host
side in its name, and in it. Only the target may change while the file is there.
"""

from __future__ import annotations

import _socket
import os
from collections.abc import Iterator

from .place import PORTS

SUFFIX = ".json"

KINDS = {"tcp": _socket.SOCK_STREAM, "udp": _socket.SOCK_DGRAM}

#: Connections that may wait for us; the kernel allows net.core.somaxconn of them.
_BACKLOG = 4096

#: include/uapi/linux/in6.h and in.h: tell the address that a datagram was sent to; bind an
#: address that is not there yet (duplicate address detection takes a second).
_IPV6_RECVPKTINFO, _IP_FREEBIND = 49, 15

#: As Go's net package, which docker-proxy uses: seconds until a silent peer is asked, and between
#: two questions.
_KEEPALIVE = 15


class Port:
    """A port of the host, and where its callers are led. Raises ValueError or TypeError."""

    __slots__ = ("address", "number", "protocol", "to")

    def __init__(self, told: object) -> None:
        if not isinstance(told, dict) or told.get("protocol") not in KINDS:
            raise ValueError("protocol")
        self.protocol: str = told["protocol"]
        self.address, self.number = _end(told.get("listen"), told.get("port"))
        self.to = _end(told.get("to"), told.get("to_port"))

    @property
    def host_side(self) -> tuple[str, str, int]:
        """Protocol, address and port on the host."""
        return self.protocol, self.address, self.number


def parse(text: bytes) -> Port | None:
    """The file's port; None if nobody could understand it."""
    import json

    try:
        return Port(json.loads(text))
    except (ValueError, TypeError, RecursionError, OSError):
        return None


def ports(folder: str) -> Iterator[tuple[str, Port]]:
    """All files of the state folder `folder` that tell of a port, with their names."""
    where = f"{folder}/{PORTS}"
    try:
        names = sorted(os.listdir(where))
    except OSError:
        return
    for name in names:
        if name.endswith(SUFFIX):
            try:
                with open(f"{where}/{name}", "rb") as file:
                    port = parse(file.read())
            except OSError:
                continue
            if port:
                yield name.removesuffix(SUFFIX), port


def family(address: str) -> int:
    """The address family of an address."""
    return int(_socket.AF_INET6 if ":" in address else _socket.AF_INET)


def open_port(port: Port) -> _socket.socket:
    """The socket that listens for a port. It takes no IPv4 callers: the kernel has those.
    Raises OSError."""
    kind = KINDS[port.protocol]
    sock = _socket.socket(family(port.address), kind)
    try:
        if kind == _socket.SOCK_STREAM:
            sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
            smooth(sock)  # accepted ones inherit it
        if ":" in port.address:
            sock.setsockopt(_socket.IPPROTO_IPV6, _socket.IPV6_V6ONLY, 1)
            if kind == _socket.SOCK_DGRAM:
                sock.setsockopt(_socket.IPPROTO_IPV6, _IPV6_RECVPKTINFO, 1)
        sock.setsockopt(_socket.IPPROTO_IP, _IP_FREEBIND, 1)
        sock.setblocking(False)
        sock.bind((port.address, port.number))
        if kind == _socket.SOCK_STREAM:
            sock.listen(_BACKLOG)
    except BaseException:
        sock.close()
        raise
    return sock


def smooth(sock: _socket.socket) -> None:
    """Pass on at once what comes, and notice a peer that has gone without a word."""
    sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_KEEPALIVE, 1)
    sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_KEEPIDLE, _KEEPALIVE)
    sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_KEEPINTVL, _KEEPALIVE)


def _end(address: object, port: object) -> tuple[str, int]:
    if not isinstance(address, str) or not isinstance(port, int) or not 0 < port < 65536:
        raise ValueError("address and port")
    version = family(address)
    return _socket.inet_ntop(version, _socket.inet_pton(version, address)), port
