"""Sockets in other network namespaces.

A socket stays in the namespace it was made in, wherever its process goes (setns(2)); so one
process serves all, and itself stays on the host.
"""

from __future__ import annotations

import _socket
import fcntl
import os
import struct

from ..kernel.syscalls import CLONE_NEWNET, setns

#: include/uapi/linux/sockios.h: "get socket network namespace", since Linux 4.9.
_SIOCGSKNS = 0x894C

#: netdevice(7): the address of an interface; EADDRNOTAVAIL where it has none.
_SIOCGIFADDR = 0x8915
_LO = struct.pack("=16sH22x", b"lo", _socket.AF_INET)

_home = -1


def _return_home() -> None:
    try:
        setns(_home, CLONE_NEWNET)
    except OSError:
        os._exit(1)  # What we did from here would be done in a container.


def _socket_at(netns: int, family: int, kind: int) -> _socket.socket:
    """A socket in the namespace of this file descriptor, which is closed."""
    global _home
    try:
        if _home < 0:
            _home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        setns(netns, CLONE_NEWNET)
        try:
            sock = _socket.socket(family, kind)
        finally:
            _return_home()
    finally:
        os.close(netns)
    sock.setblocking(False)
    return sock


def socket_beside(other: _socket.socket, family: int, kind: int) -> _socket.socket:
    """A socket in the same namespace as `other`, whatever has become of that one's name."""
    return _socket_at(fcntl.ioctl(other.fileno(), _SIOCGSKNS), family, kind)


def listen(netns: str, kind: int, address: str, port: int) -> tuple[_socket.socket, int]:
    """A socket that is bound (and listens, if it is for TCP) in the namespace at a path, and
    the inode of that namespace. Raises OSError if it is not there, the port is taken or lo has
    no address yet: a namespace without any takes the one given for a broadcast address, and the
    socket would answer from 127.0.0.1 for ever."""
    fd = os.open(netns, os.O_RDONLY | os.O_CLOEXEC)
    inode = os.fstat(fd).st_ino
    sock = _socket_at(fd, _socket.AF_INET, kind)
    try:
        fcntl.ioctl(sock.fileno(), _SIOCGIFADDR, _LO)
        if kind == _socket.SOCK_STREAM:
            sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        if kind == _socket.SOCK_STREAM:
            sock.listen(128)
    except BaseException:
        sock.close()
        raise
    return sock, inode


def inode(netns: str) -> int:
    """Which namespace is at this path now; 0 if there is none."""
    try:
        return os.stat(netns).st_ino
    except OSError:
        return 0
