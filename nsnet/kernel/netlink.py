"""A small batch encoder for rtnetlink: how a program, rather than `ip`, talks to the kernel.

A netlink message is a 16-byte header, a fixed struct for the kind of object (`ifinfomsg`,
`ifaddrmsg`, `rtmsg`) and a list of attributes, each a length, a number and a value padded
to four bytes. `ip` sends one message and waits for its answer; `Channel` queues many, sends
them in one go and asks for an answer to the last one only. The kernel works through a send
in order and reports every failure, so nothing is lost by not asking.

Sources: netlink(7), rtnetlink(7), Linux ``include/uapi/linux/netlink.h`` and
``Documentation/userspace-api/netlink/``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct

# Not `socket`, whose enumerations take 3 ms to make: this is in every command's way.
from _socket import AF_NETLINK, NETLINK_ROUTE, SOCK_CLOEXEC, SOCK_RAW, SOL_SOCKET, socket
from collections.abc import Iterator, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: One refused message: the token it was queued with, the errno, the kernel's words.
    Failure = tuple[Any, int, str]

REQUEST, ACK, DUMP = 0x1, 0x4, 0x300
REPLACE, EXCLUSIVE, CREATE = 0x100, 0x200, 0x400
NEW = REQUEST | CREATE | EXCLUSIVE
NESTED = 0x8000

_ERROR, _DONE = 2, 3
_CAPPED, _EXT_ACK_TLVS = 0x100, 0x200
_ATTR_MSG = 1
_SETTLED = (errno.EEXIST, errno.ENOENT, errno.ESRCH, errno.EADDRNOTAVAIL)
_SOL_NETLINK, _NETLINK_EXT_ACK, _NETLINK_CAP_ACK, _NETLINK_GET_STRICT_CHK = 270, 11, 10, 12
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33

_HEADER = struct.Struct("=IHHII")
_ATTR = struct.Struct("=HH")
_INT = struct.Struct("=i")
_U32 = struct.Struct("=I")
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")

#: Messages sent together at most; far below the 8 MiB socket buffer asked for.
_BATCH = 512


#: The type, the flags and the payload of a message.
Message = tuple[int, int, bytes]


def attr(kind: int, value: bytes) -> bytes:
    """One attribute (``struct nlattr``), padded to four bytes."""
    size = len(value) + 4
    return _ATTR.pack(size, kind) + value + _PADDING[size & 3]


def attr_u32(kind: int, value: int) -> bytes:
    """A 32-bit attribute in host byte order."""
    return _ATTR.pack(8, kind) + _U32.pack(value)


def attr_u8(kind: int, value: int) -> bytes:
    """An 8-bit attribute."""
    return _ATTR.pack(5, kind) + bytes((value, 0, 0, 0))


def attr_text(kind: int, value: str) -> bytes:
    """A zero-terminated text attribute."""
    return attr(kind, value.encode() + b"\0")


def attributes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The attributes in `data`, without their flag bits."""
    end = len(data) if end is None else end
    while start + 4 <= end:
        size, kind = _ATTR.unpack_from(data, start)
        if size < 4:
            return
        yield kind & 0x3FFF, data[start + 4 : start + size]
        start += (size + 3) & ~3


def chosen(data: bytes, start: int, kinds: frozenset[int]) -> dict[int, bytes]:
    """Those attributes in `data` that are of `kinds`: of an interface, one in five is of use."""
    found = {}
    end = len(data)
    unpack = _ATTR.unpack_from
    while start + 4 <= end:
        size, kind = unpack(data, start)
        if size < 4:
            break
        if kind & 0x3FFF in kinds:
            found[kind & 0x3FFF] = data[start + 4 : start + size]
        start += (size + 3) & ~3
    return found


def mac_bytes(mac: str) -> bytes:
    """``02:42:ac:11:00:02`` as six bytes."""
    return bytes.fromhex(mac.replace(":", ""))


def mac_text(mac: bytes) -> str:
    """Six bytes as ``02:42:ac:11:00:02``."""
    return mac.hex(":")


class Channel:
    """A netlink socket bound to the namespace in which it was opened, with its queue."""

    def __init__(self, protocol: int = NETLINK_ROUTE) -> None:
        self._socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)
        self._socket.setsockopt(_SOL_NETLINK, _NETLINK_EXT_ACK, 1)
        self._queue: list[tuple[int, int, bytes, Any]] = []
        self._seq = 0

    def deepen(self) -> None:
        """Make room for large batches and dumps (8 MiB); best effort without the right."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(SOL_SOCKET, _SO_SNDBUFFORCE, 8 << 20)
            self._socket.setsockopt(SOL_SOCKET, _SO_RCVBUFFORCE, 8 << 20)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def add(self, kind: int, flags: int, body: bytes, token: Any = None) -> None:
        """Queue one message; `token` comes back if it is refused."""
        self._queue.append((kind, flags, body, token))

    def post(self, kind: int, flags: int, body: bytes) -> None:
        """Send one message at once without waiting for an answer (there is one if it fails)."""
        self._socket.send(_HEADER.pack(16 + len(body), kind, flags, 0, 0) + body)

    def discard(self) -> None:
        """Forget what was queued."""
        self._queue.clear()

    def flush(self) -> list[Failure]:
        """Send what was queued and return what the kernel refused, in order."""
        failures: list[Failure] = []
        while self._queue:
            batch = self._queue[:_BATCH]
            del self._queue[:_BATCH]
            failures += self._transfer(batch)
        return failures

    def settle(self) -> None:
        """Send what was queued. What is there or gone already is no failure; of anything else,
        raises OSError with the kernel's words."""
        for _, code, text in self.flush():
            if code not in _SETTLED:
                raise OSError(code, text or "")

    def _transfer(self, batch: list[tuple[int, int, bytes, Any]]) -> list[Failure]:
        first = seq = self._seq + 1
        parts = []
        for kind, flags, body, _ in batch:
            parts.append(_HEADER.pack(16 + len(body), kind, flags, seq, 0))
            parts.append(body)
            seq += 1
        kind, flags, body, _ = batch[-1]
        parts[-2] = _HEADER.pack(16 + len(body), kind, flags | ACK, seq - 1, 0)
        self._seq = seq - 1
        self._socket.send(b"".join(parts))
        failures = []
        for number, code, text in self._answers(seq - 1):
            if code and first <= number:
                failures.append((batch[number - first][3], code, text))
        return failures

    def transact(self, begin: Message, messages: Sequence[Message], end: Message) -> int:
        """Send an nfnetlink transaction: all of its messages come about, or none. Returns 0, or
        the errno of the first one that was refused.

        The last message is the one whose answer is waited for: older kernels give none to the
        `end` of a transaction (before 6.10), and where the `begin` is refused, to nothing else.
        """
        first, last = self._seq + 1, self._seq + 1 + len(messages)
        self._seq = last + 1
        flags = [REQUEST, *(REQUEST | ACK for _ in messages), REQUEST]
        parts = [
            _HEADER.pack(16 + len(body), kind, more | flag, first + n, 0) + body
            for n, ((kind, more, body), flag) in enumerate(
                zip((begin, *messages, end), flags, strict=True)
            )
        ]
        self._socket.send(b"".join(parts))
        refused = 0
        for number, code, _ in self._answers(last):
            if number >= first:
                refused = refused or code
                if number == first and code:
                    break
        return refused

    def _answers(self, last: int) -> Iterator[tuple[int, int, str]]:
        while True:
            data = self._socket.recv(1 << 16)
            offset = 0
            while offset + 16 <= len(data):
                size, kind, flags, seq, _ = _HEADER.unpack_from(data, offset)
                if kind == _ERROR:
                    code = -_INT.unpack_from(data, offset + 16)[0]
                    yield seq, code, _words(data[offset : offset + size], flags) if code else ""
                    if seq == last:
                        return
                offset += (size + 3) & ~3

    def get(self, kind: int, body: bytes) -> bytes | None:
        """The payload of one object, None if the kernel has none such."""
        self._seq += 1
        self._socket.send(_HEADER.pack(16 + len(body), kind, REQUEST, self._seq, 0) + body)
        while True:
            data = self._socket.recv(1 << 16)
            size, found, _, seq, _ = _HEADER.unpack_from(data)
            if seq == self._seq:
                return None if found == _ERROR else data[16:size]

    def dump(self, kind: int, body: bytes) -> Iterator[bytes]:
        """The payloads (struct and attributes) of every object of a GET dump."""
        self._seq += 1
        self._socket.send(_HEADER.pack(16 + len(body), kind, REQUEST | DUMP, self._seq, 0) + body)
        while True:
            data = self._socket.recv(1 << 18)
            offset = 0
            while offset + 16 <= len(data):
                size, found, _, seq, _ = _HEADER.unpack_from(data, offset)
                if seq == self._seq:
                    if found == _DONE:
                        return
                    if found == _ERROR:
                        code = -_INT.unpack_from(data, offset + 16)[0]
                        raise OSError(code, os.strerror(code))
                    yield data[offset + 16 : offset + size]
                offset += (size + 3) & ~3


def _words(message: bytes, flags: int) -> str:
    """The kernel's own explanation of a failure (its extended ack), or ""."""
    if not flags & _EXT_ACK_TLVS:
        return ""
    start = 20 + 16
    if not flags & _CAPPED:
        start = 20 + _U32.unpack_from(message, 20)[0]
    for kind, value in attributes(message, (start + 3) & ~3):
        if kind == _ATTR_MSG:
            return value.rstrip(b"\0").decode(errors="replace")
    return ""
