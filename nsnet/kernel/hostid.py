"""Which host is this? The identity of the network namespace that we stand in."""

from __future__ import annotations

import os
import sys
from _socket import AF_UNIX, SOCK_DGRAM, SOL_SOCKET, socket  # `socket` takes 3 ms

#: SO_NETNS_COOKIE (include/uapi/asm-generic/socket.h, since Linux 5.14).
_SO_NETNS_COOKIE = 71


def host_id() -> str:
    """The current network namespace's identity as hexadecimal text.

    The kernel's own cookie, never given out twice between two boots; before Linux 5.14 the
    inode, which is, but only after the namespace has gone.
    """
    sock = socket(AF_UNIX, SOCK_DGRAM)
    try:
        raw = sock.getsockopt(SOL_SOCKET, _SO_NETNS_COOKIE, 8)
    except OSError:
        return f"{os.stat('/proc/thread-self/ns/net').st_ino:x}"
    finally:
        sock.close()
    return f"{int.from_bytes(raw, sys.byteorder):x}"
