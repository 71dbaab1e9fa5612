"""Sockets opened inside a container's network namespace and used from outside.

A socket belongs for life to the namespace it was made in, wherever its owner goes. (And an
open one keeps that namespace alive, even after ``ip netns del``: close them first.)
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence

from .errors import KernelError, PreconditionError
from .inside import inside

_TYPES = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
_ANY = ("", "*", "::")


def listen_in(netns: str, wanted: Sequence[tuple[str, str, int]]) -> list[int]:
    """Open a listening socket for each (``"tcp"`` | ``"udp"``, address, port) in `netns`.

    An address of "" or "::" listens on all addresses of both families, or on IPv4's alone
    where there is no IPv6. Returns file descriptors, closed on exec; on an error none stays
    open. Raises `KernelError` naming protocol and port.
    """
    opened: list[socket.socket] = []
    try:
        with inside(netns):
            for protocol, address, port in wanted:
                opened.append(_listen(protocol, address, port))
    except BaseException:
        for sock in opened:
            sock.close()
        raise
    return [sock.detach() for sock in opened]


def _listen(protocol: str, address: str, port: int) -> socket.socket:
    if protocol not in _TYPES:
        raise KernelError(f"cannot listen on {protocol} port {port}", "only tcp and udp are known")
    where = f"{protocol} port {port}" + (f" of {address}" if address not in _ANY else "")
    try:
        return _bound(protocol, address, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            see = f"ss -ln{protocol[0]} sport = :{port}"
            raise KernelError(f"cannot listen on {where}", "it is in use already", see) from error
        if error.errno == errno.EACCES:
            raise PreconditionError(
                f"cannot listen on {where}", "ports below 1024 need root"
            ) from error
        raise KernelError(f"cannot listen on {where}", error.strerror or str(error)) from error


def _bound(protocol: str, address: str, port: int) -> socket.socket:
    if address not in _ANY:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return _open_socket(family, protocol, address, port)
    try:
        return _open_socket(socket.AF_INET6, protocol, "::", port)
    except OSError as error:
        if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            raise
    return _open_socket(socket.AF_INET, protocol, "0.0.0.0", port)


def _open_socket(family: int, protocol: str, address: str, port: int) -> socket.socket:
    sock = socket.socket(family, _TYPES[protocol])
    try:
        if protocol == "tcp":
            # For udp it would let two programs bind one port, and steal from each other.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
        sock.bind((address, port))
        if protocol == "tcp":
            sock.listen(1024)
        return sock
    except BaseException:
        sock.close()
        raise
