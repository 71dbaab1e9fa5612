"""Messages over a socketpair: a length (4 bytes, network order), then JSON; and with its
first byte the open files that go along (SCM_RIGHTS, unix(7))."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

from ..value import Value

#: The kernel passes no more open files than this in one message (SCM_MAX_FD).
MOST_FILES = 253

_LENGTH = struct.Struct("!I")


class WithFiles(Value):
    """A method's result that hands open files to its caller; the sender's copies are closed."""

    value: Any
    files: tuple[int, ...]


def send(sock: socket.socket, message: Any, files: Sequence[int] = ()) -> None:
    """Send one message, and copies of `files`."""
    body = json.dumps(message).encode()
    data = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(sock, [data], list(files))
    sock.sendall(data[sent:])


def receive(sock: socket.socket) -> tuple[Any, list[int]]:
    """The next message and its open files. Raises `EOFError` when the other side is gone."""
    try:
        head, files, _, _ = socket.recv_fds(
            sock, _LENGTH.size, MOST_FILES, socket.MSG_CMSG_CLOEXEC | socket.MSG_WAITALL
        )
        if len(head) < _LENGTH.size:
            raise EOFError("the other side has closed the connection")
        return json.loads(_exactly(sock, *_LENGTH.unpack(head))), files
    except ConnectionError as error:
        raise EOFError("the other side has gone") from error


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = sock.recv(min(count - len(data), 1 << 20))
        if not part:
            raise EOFError("the other side has closed the connection")
        data += part
    return bytes(data)
