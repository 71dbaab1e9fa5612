"""What netfilter tells of a marked packet: NETLINK_NETFILTER, group NFNLGRP_NFTRACE.

`nft monitor trace` prints the same as text. Events carry no time, and their id changes on a
packet's way; the first one of each base chain shows the packet's headers.

Source: Linux ``include/uapi/linux/netfilter/nf_tables.h`` (NFTA_TRACE_…), ``nf_tables_trace.c``.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

from ..netlink import attributes
from .header import Asking, Header, read_told
from .marks import FAMILIES

_NETFILTER, _NFTRACE = 12, 9  # NETLINK_NETFILTER; NFNLGRP_NFTRACE
_SOL_NETLINK, _ADD_MEMBERSHIP, _SO_RCVBUFFORCE = 270, 1, 33
_TRACE = 10 << 8 | 17  # NFNL_SUBSYS_NFTABLES, NFT_MSG_TRACE
_HEADER = struct.Struct("=IHHII")
_TABLE, _CHAIN, _HANDLE, _TYPE, _VERDICT, _ID = 1, 2, 3, 4, 5, 6
_NETWORK, _TRANSPORT, _IIF, _OIF, _POLICY = 8, 9, 10, 12, 16
_POLICIES, _RETURNS = 1, 2  # NFT_TRACETYPE_…
#: NF_… and NFT_… verdicts; those of nftables are negative.
_VERDICTS = {0: "drop", 1: "accept", 2: "stolen", 3: "queue", -1: "continue", -2: "break"}
_JUMPS = {-3: "jump", -4: "goto", -5: "return"}


class Traced(NamedTuple):
    """One event. `kind` is ``rule``, ``return`` or ``policy``; `verdict` as nft writes it, with
    the chain in ``jump NAME``. `header` is there at the first event of a base chain only; `iif`
    and `oif` (indexes, 0: none), too."""

    kind: str
    family: str
    table: str
    chain: str
    handle: int
    verdict: str
    ident: int
    iif: int = 0
    oif: int = 0
    header: Header | Asking | None = None


class Events:
    """The events of the namespace that this thread is in now."""

    def __init__(self) -> None:
        self._socket = socket.socket(
            socket.AF_NETLINK,
            socket.SOCK_RAW | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC,
            _NETFILTER,
        )
        #: Were there more than fitted into the socket?
        self.overrun = False
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 4 << 20)
        try:
            self._socket.bind((0, 0))  # A number of its own: without, it would hear nothing.
            self._socket.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, _NFTRACE)
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """For select(2) and its like."""
        return self._socket.fileno()

    def read(self) -> Iterator[Traced]:
        """All that has come, in order."""
        while True:
            try:
                data = self._socket.recv(1 << 16)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                self.overrun = True
                continue
            yield from messages(data)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


def messages(data: bytes) -> Iterator[Traced]:
    """The events in what was received."""
    offset = 0
    while offset + 20 <= len(data):
        size, kind, _, _, _ = _HEADER.unpack_from(data, offset)
        if kind == _TRACE:
            found = dict(attributes(data[offset + 20 : offset + size]))
            yield _event(data[offset + 16], found)
        offset += (size + 3) & ~3


def _event(family: int, found: dict[int, bytes]) -> Traced:
    kind = _number(found, _TYPE)
    return Traced(
        {_POLICIES: "policy", _RETURNS: "return"}.get(kind, "rule"),
        FAMILIES.get(family, ""),
        _word(found, _TABLE),
        _word(found, _CHAIN),
        _number(found, _HANDLE),
        _verdict(found, kind),
        _number(found, _ID),
        _number(found, _IIF),
        _number(found, _OIF),
        read_told(found[_NETWORK], found.get(_TRANSPORT, b"")) if _NETWORK in found else None,
    )


def _verdict(found: dict[int, bytes], kind: int) -> str:
    if kind == _POLICIES:
        return _VERDICTS.get(_number(found, _POLICY), "accept")
    parts = dict(attributes(found.get(_VERDICT, b"")))
    code = int.from_bytes(parts.get(1, b"\xff\xff\xff\xff"), "big", signed=True)
    if code in _JUMPS:
        chain = _word(parts, 2)
        return f"{_JUMPS[code]} {chain}".strip()
    return _VERDICTS.get(code if code < 0 else code & 0xFF, str(code))


def _number(found: dict[int, bytes], kind: int) -> int:
    return int.from_bytes(found.get(kind, b""), "big")


def _word(found: dict[int, bytes], kind: int) -> str:
    return found.get(kind, b"").rstrip(b"\0").decode(errors="replace")
