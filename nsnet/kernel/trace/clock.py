"""Waiting until the kernel notes the times of packets.

It does so only while somebody wants to know, and begins a moment after it was asked (a kernel
worker has to patch code: Linux ``net_enable_timestamp``); until then a packet gets the time at
which it is read. A frame of a kind that nobody knows, sent over loopback, tells which it is: it
meets no rules and no protocol.
"""

from __future__ import annotations

import socket
import time

from .tap import stamp_of

_EXPERIMENT = 0x88B5  # IEEE 802: for experiments within one's own network
_SO_TIMESTAMPNS = 35
_FRAME = bytes(12) + _EXPERIMENT.to_bytes(2, "big") + b"nsnet trace: what time is it?"
#: Seconds that it may take at most.
_LONGEST = 0.5


class Clock:
    """A socket at the loopback of the namespace that this thread is in. Raises OSError."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        try:
            self._socket.settimeout(0.01)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            self._socket.bind(("lo", _EXPERIMENT))
        except BaseException:
            self._socket.close()
            raise

    def wait(self) -> None:
        """Wait until times are noted. Raises OSError if loopback is down."""
        limit = time.monotonic() + _LONGEST
        while time.monotonic() < limit:
            self._socket.send(_FRAME)
            if _is_noted(self._socket):
                return

    def close(self) -> None:
        """Give the socket back; it takes some ms, as with every tap."""
        self._socket.close()


def _is_noted(sock: socket.socket) -> bool:
    """Is the frame older than the moment at which it is read?"""
    time.sleep(0.0002)
    now = time.time_ns()
    try:
        _, control, _, where = sock.recvmsg(64, 64)
    except TimeoutError:
        return False
    outgoing = where[2] == 4  # PACKET_OUTGOING: its own copy on the way out.
    return not outgoing and 0 < stamp_of(control) < now
