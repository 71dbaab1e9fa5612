"""Questions for names as programs ask them (RFC 1035), and what their answers mean."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator

from ...resolver import wire

#: Where a container's programs ask (Docker's embedded DNS server).
RESOLVER = "127.0.0.11"
PORT = 53

#: The number of every question.
ID = b"\x6e\x73"
_RECURSION_DESIRED = b"\x01\x00"
_ONE_QUESTION = b"\0\1" + bytes(6)
_INTERNET = b"\0\1"
_FAMILY = {wire.A: socket.AF_INET, wire.AAAA: socket.AF_INET6}


def query(name: str, kind: int) -> bytes:
    """A question for the records of `kind` of a name."""
    asked = wire.encode_name(name) + kind.to_bytes(2, "big") + _INTERNET
    return ID + _RECURSION_DESIRED + _ONE_QUESTION + asked


def meaning(asked: bytes, response: bytes, expected: Collection[str]) -> tuple[str, str]:
    """What a response says, as a code, and the addresses in it: ``answered`` with one that was
    `expected`, ``wrong`` with others, ``unknown`` with none, ``failed`` if the server could not
    tell."""
    if not wire.answers(response, asked, ID):
        return "failed", ""
    if wire.code(response) not in (wire.NOERROR, wire.NXDOMAIN):
        return "failed", ""
    try:
        found = list(addresses(response))
    except (IndexError, ValueError):
        return "failed", ""
    if not found:
        return "unknown", ""
    good = not set(found).isdisjoint(expected)
    return ("answered" if good else "wrong"), " ".join(found)


def addresses(response: bytes) -> Iterator[str]:
    """The addresses in a response. Raises IndexError or ValueError where it is garbage."""
    at = _behind_name(response, wire.HEADER) + 4
    for _ in range(int.from_bytes(response[6:8], "big")):
        at = _behind_name(response, at)
        kind = int.from_bytes(response[at : at + 2], "big")
        size = int.from_bytes(response[at + 8 : at + 10], "big")
        data = response[at + 10 : at + 10 + size]
        if kind in _FAMILY:
            yield socket.inet_ntop(_FAMILY[kind], data)
        at += 10 + size


def _behind_name(message: bytes, at: int) -> int:
    """A name ends with an empty label, or with a reference to another one (section 4.1.4)."""
    while message[at]:
        if message[at] & 0xC0 == 0xC0:
            return at + 2
        at += 1 + message[at]
    return at + 1
