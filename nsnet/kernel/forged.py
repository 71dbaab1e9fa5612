"""A call to an address that the sender's own stack would never put on the wire: a frame made by
hand, as an attacker on the same network makes it.

packet(7): a packet socket hands frames to an interface past routing and netfilter, and sees what
comes back before they do. TCP: RFC 9293.
"""

from __future__ import annotations

import secrets
import select
import socket
import struct
import time
from ipaddress import IPv4Address

from ..value import Value
from .prober.echo import checksum

_IP, _ARP = 0x0800, 0x0806
_FIN_SYN_RST, _SYN, _RST, _ACK = 0x07, 0x02, 0x04, 0x10
_AGAIN = 0.2


class Forgery(Value):
    """A call (TCP's SYN) from `source` to `to`, put on the wire at `device` in a frame for `mac`,
    whose owner has the address `over` there. Addresses are IPv4."""

    device: str
    mac: str
    over: str
    source: str
    to: str
    port: int


def send(one: Forgery, timeout: float = 0.5) -> str:
    """Send it from the namespace that this thread is in: ``answered``, ``refused``, or "" if
    nothing came in `timeout` seconds. It is sent again a few times; whoever answers is told that
    nothing will follow. Raises OSError without the right or the interface."""
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    with socket.socket(socket.AF_PACKET, kind, 0) as sock:
        sock.bind((one.device, _IP))
        mac = bytes.fromhex(one.mac.replace(":", ""))
        sock.sendto(_question(one, sock.getsockname()[4]), (one.device, _ARP, 0, 0, mac))
        where = (one.device, _IP, 0, 0, mac)
        ready = select.poll()  # select(2) knows only 1024 files, a stack may have more
        ready.register(sock, select.POLLIN)
        own, start = 49152 + secrets.randbelow(16384), secrets.randbits(31)
        until, again = time.monotonic() + timeout, 0.0
        while (now := time.monotonic()) < until:
            if now >= again:
                sock.sendto(_packet(one, own, start, 0, _SYN), where)
                again = now + _AGAIN
            ready.poll(1000 * (min(again, until) - now))
            came = _answer(sock, own, start + 1)
            if came == "answered":
                sock.sendto(_packet(one, own, start + 1, 0, _RST), where)
            if came:
                return came
    return ""


def _question(one: Forgery, mac: bytes) -> bytes:
    """ARP's question for `over` (RFC 826), so that its owner knows the asker: it could not ask in
    its turn, as its question would bear the source of its answer, which may be 127.0.0.1."""
    ends = mac + IPv4Address(one.source).packed, bytes(6) + IPv4Address(one.over).packed
    return struct.pack("!HHBBH", 1, _IP, 6, 4, 1) + b"".join(ends)


def _answer(sock: socket.socket, own: int, wanted: int) -> str:
    """What of all that has come in is the answer. Its source is not looked at: whoever rewrote
    the call may not be on the way back."""
    while True:
        try:
            packet = sock.recv(2048)
        except BlockingIOError:
            return ""
        start = (packet[0] & 0x0F) * 4
        if packet[9] != socket.IPPROTO_TCP or len(packet) < start + 20:
            continue
        _, port, _, ack, _, flags = struct.unpack_from("!HHIIBB", packet, start)
        if port == own and ack == wanted and flags & _ACK:
            if flags & _FIN_SYN_RST == _SYN:
                return "answered"
            if flags & _RST:
                return "refused"


def _packet(one: Forgery, own: int, sequence: int, ack: int, flags: int) -> bytes:
    """IP and TCP headers with their checksums."""
    ends = IPv4Address(one.source).packed + IPv4Address(one.to).packed
    tcp = struct.pack("!HHIIBBHHH", own, one.port, sequence, ack, 5 << 4, flags, 64240, 0, 0)
    total = checksum(ends + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack("!H", total) + tcp[18:]
    head = struct.pack("!BBHHHBBH", 0x45, 0, 40, 0, 0x4000, 64, socket.IPPROTO_TCP, 0) + ends
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + tcp
