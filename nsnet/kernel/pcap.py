"""Writing packets for Wireshark: pcapng, with a name for every interface and nanoseconds.

Source: the pcapng format (draft-ietf-opsawg-pcapng), link types of tcpdump.org.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_MAGIC, _UNKNOWN_LENGTH = 0x1A2B3C4D, -1
_ETHERNET, _RAW_IP = 1, 101
_END, _NAME, _RESOLUTION, _FLAGS, _APPLICATION = 0, 2, 9, 2, 4  # Numbers count per block.
_IN, _OUT = 1, 2
_NANOSECONDS = 9


class Pcap:
    """A stream of blocks, each given to `write` as a whole."""

    def __init__(self, write: Callable[[bytes], object], application: str = "nsnet") -> None:
        self._write = write
        self._interfaces: dict[tuple[str, bool], int] = {}
        head = struct.pack("=IHHq", _MAGIC, 1, 0, _UNKNOWN_LENGTH)
        self._block(_SECTION, head + _options((_APPLICATION, application.encode())))

    def packet(
        self,
        interface: str,
        stamp: int,
        data: bytes,
        *,
        outgoing: bool = False,
        ethernet: bool = True,
        size: int = 0,
    ) -> None:
        """One packet. `interface` is what Wireshark shows as its name, `stamp` in nanoseconds
        since 1970; `ethernet` False: it begins with the IP header; `size` is its real length
        where `data` is only the beginning."""
        number = self._interface(interface, ethernet)
        head = struct.pack(
            "=IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(data), size or len(data)
        )
        flags = struct.pack("=I", _OUT if outgoing else _IN)
        self._block(_PACKET, head + _padded(data) + _options((_FLAGS, flags)))

    def _interface(self, name: str, ethernet: bool) -> int:
        """The number of an interface; it is announced at its first packet."""
        number = self._interfaces.get((name, ethernet))
        if number is None:
            number = self._interfaces[name, ethernet] = len(self._interfaces)
            head = struct.pack("=HHI", _ETHERNET if ethernet else _RAW_IP, 0, 0)
            options = _options((_NAME, name.encode()), (_RESOLUTION, bytes((_NANOSECONDS,))))
            self._block(_INTERFACE, head + options)
        return number

    def _block(self, kind: int, body: bytes) -> None:
        size = struct.pack("=I", 12 + len(body))
        self._write(struct.pack("=I", kind) + size + body + size)


def _options(*options: tuple[int, bytes]) -> bytes:
    parts = [struct.pack("=HH", kind, len(value)) + _padded(value) for kind, value in options]
    return b"".join((*parts, struct.pack("=HH", _END, 0)))


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
