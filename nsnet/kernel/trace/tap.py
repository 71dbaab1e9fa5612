"""A tap: what every interface of one namespace passes on, with the time. packet(7).

One unbound packet socket sees the frames of all interfaces, on their way in and out, before
bridges, netfilter and routing have done anything with an incoming one, and after all of them with
an outgoing one.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from typing import NamedTuple

from . import bpf
from .flow import Flow

_ALL = 0x0003  # ETH_P_ALL
_SO_TIMESTAMPNS, _SO_RCVBUFFORCE = 35, 33
_OUTGOING, _OTHERHOST = 4, 3
_TIME = struct.Struct("@qq")
#: ARPHRD_ETHER and ARPHRD_LOOPBACK: frames with an Ethernet header.
_ETHERNET = (1, 772)


class Frame(NamedTuple):
    """A frame as a tap saw it. `stamp` is the wall clock in nanoseconds, `device` the interface
    ("" if it has gone meanwhile), `kind` the EtherType, `raw` all of it, `start` where the payload
    begins. `other`: it was for another MAC address."""

    stamp: int
    device: str
    kind: int
    outgoing: bool
    other: bool
    raw: bytes
    start: int

    @property
    def payload(self) -> bytes:
        """From the IP header on."""
        return self.raw[self.start :]

    @property
    def macs(self) -> tuple[str, str]:
        """Its source and destination, if it has an Ethernet header."""
        if self.start != 14:
            return ("", "")
        return (self.raw[6:12].hex(":"), self.raw[:6].hex(":"))


class Tap:
    """A tap in the namespace that this thread is in now. Raises OSError without the right."""

    def __init__(self, flow: Flow | None = None, device: str = "") -> None:
        # Without a device it hears all of them from its birth; the filter comes a moment later.
        self._socket = socket.socket(
            socket.AF_PACKET,
            socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC,
            0 if device else socket.htons(_ALL),
        )
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 4 << 20)
            if flow is not None:
                bpf.attach(self._socket, flow)
                while self.read() is not None:
                    pass  # What came before the filter is nobody's business.
            if device:
                self._socket.bind((device, _ALL))
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """For select(2) and its like."""
        return self._socket.fileno()

    def read(self, most: int = 1 << 16) -> Frame | None:
        """The next frame; None if there is none."""
        try:
            raw, control, _, where = self._socket.recvmsg(most, 64)
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno != errno.ENETDOWN:  # An interface that is down: told once.
                raise
            return self.read(most)
        device, protocol, packet, hardware, _ = where
        start = 14 if hardware in _ETHERNET else 0
        stamp = stamp_of(control)
        return Frame(stamp, device, protocol, packet == _OUTGOING, packet == _OTHERHOST, raw, start)

    def close(self) -> None:
        """Give the socket back. The kernel waits until nobody reads its list of taps: some ms."""
        self._socket.close()


def stamp_of(control: list[tuple[int, int, bytes]]) -> int:
    """The time in the control messages of a packet, in nanoseconds; 0 if there is none."""
    for level, kind, data in control:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, rest = _TIME.unpack(data[: _TIME.size])
            return int(seconds) * 1_000_000_000 + int(rest)
    return 0
