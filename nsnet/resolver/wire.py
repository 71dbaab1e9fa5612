"""DNS messages (RFC 1035), as far as a forwarder with some answers of its own needs them.

By hand, since it was measured: a parsing library makes the server ten times slower (asyncio and
dnslib 3,000 answers a second, Docker's own server 19,000, this one beyond 25,000). Only the
question is taken apart; whatever comes from elsewhere is passed on as it came.
"""

from __future__ import annotations

HEADER = 12

#: Record types (RFC 1035 section 3.2.2, RFC 3596) that are answered; the others are forwarded.
A, PTR, MX, AAAA = 1, 12, 15, 28

#: Response codes (RFC 1035 section 4.1.1).
NOERROR, NXDOMAIN, NOTIMP = 0, 3, 4

#: Docker's time to live for every answer of its own, in seconds.
TTL = 600

#: What a client takes by UDP if it does not say otherwise (RFC 1035 section 4.2.1), in bytes.
PLAIN_SIZE = 512

_QR, _OPCODE, _AA, _TC, _RD = 0x80, 0x78, 0x04, 0x02, 0x01
_RA, _CD = 0x80, 0x10
_IN, _OPT = 1, 41
_TO_QUESTION = b"\xc0\x0c"


class Question:
    """The one question of a message: `name` is in lower case, its labels joined by dots and
    "" the root; `raw` is all of it as it was asked, in the client's own case."""

    __slots__ = ("inet", "kind", "name", "raw")

    def __init__(self, name: str, kind: int, inet: bool, raw: bytes) -> None:
        self.name, self.kind, self.inet, self.raw = name, kind, inet, raw


def question(data: bytes) -> Question | None:
    """The question of a query or a response; None if there is not exactly one, or garbage."""
    size = len(data)
    if size < HEADER + 5 or data[4:6] != b"\0\1":
        return None
    labels = []
    at = HEADER
    while length := data[at]:
        following = at + 1 + length
        if length > 63 or following >= size:
            return None
        labels.append(data[at + 1 : following])
        at = following
    end = at + 5
    if end > size or at - HEADER > 254:
        return None
    # A dot inside a label is no separator: nobody of ours is called so.
    name = b".".join(label.replace(b".", b"\\.") for label in labels)
    kind = data[at + 1] << 8 | data[at + 2]
    inet = data[at + 3 : end] == b"\0\1"
    return Question(name.decode("utf-8", "replace").lower(), kind, inet, data[HEADER:end])


def is_query(data: bytes) -> bool:
    """Is it a query of some kind, rather than a response?"""
    return len(data) >= HEADER and not data[2] & _QR


def is_standard(data: bytes) -> bool:
    """Is its opcode QUERY, the only one that is served?"""
    return not data[2] & _OPCODE


def not_implemented(data: bytes) -> bytes:
    """The response to another opcode: a header only."""
    return data[:2] + bytes((_QR | data[2] & (_OPCODE | _RD), NOTIMP)) + bytes(8)


def answer(query: bytes, asked: Question, records: list[bytes], most: int = 65535) -> bytes:
    """A response without its id: flags as Docker's (ra, not aa), and as many of the records
    (see `record`) as go into `most` bytes."""
    room = max(0, most - HEADER - len(asked.raw))
    flag = _QR | query[2] & _RD
    if sum(map(len, records)) > room:
        flag |= _TC
        while sum(map(len, records)) > room:
            records = records[:-1]
    flags = bytes((flag, _RA | query[3] & _CD))
    count = len(records).to_bytes(2, "big")
    return b"".join((flags, b"\0\1", count, b"\0\0\0\0", asked.raw, *records))


def record(kind: int, data: bytes) -> bytes:
    """A record about the name that was asked for."""
    fixed = kind.to_bytes(2, "big") + b"\0\1" + TTL.to_bytes(4, "big")
    return _TO_QUESTION + fixed + len(data).to_bytes(2, "big") + data


def encode_name(name: str) -> bytes:
    """A name as labels, uncompressed; b"" if it is none that DNS could carry."""
    parts = []
    for label in name.encode().split(b"."):
        if not 1 <= len(label) <= 63:
            return b""
        parts.append(bytes((len(label),)) + label)
    text = b"".join(parts) + b"\0"
    return text if len(text) <= 255 else b""


def udp_size(query: bytes, asked: Question) -> int:
    """How large a datagram the client takes: 512 bytes, or what its EDNS record says
    (RFC 6891 section 6.1.2), which is looked for right behind the question."""
    at = HEADER + len(asked.raw)
    alone = query[6:10] == bytes(4) and query[10:12] != b"\0\0"
    if alone and len(query) >= at + 5 and query[at : at + 3] == b"\0\0\x29":
        return max(PLAIN_SIZE, query[at + 3] << 8 | query[at + 4])
    return PLAIN_SIZE


def answers(response: bytes, query: bytes, number: bytes) -> bool:
    """Is it the response with this id to this very question? (Upper and lower case may
    differ; an error may come without the question.)"""
    if len(response) < HEADER or response[:2] != number or not response[2] & _QR:
        return False
    end = HEADER
    while end < len(query) and query[end]:
        end += query[end] + 1
    end += 5
    if response[4:6] == b"\0\0":
        return code(response) != NOERROR
    return response[HEADER:end].lower() == query[HEADER:end].lower()


def code(response: bytes) -> int:
    """Its response code."""
    return response[3] & 0x0F


def is_final(response: bytes) -> bool:
    """Does asking another upstream make no sense? So it is with an answer, and with an
    authoritative "no such name"; after any other error Docker asks the next one (measured)."""
    rcode = code(response)
    return rcode == NOERROR or (rcode == NXDOMAIN and bool(response[2] & _AA))
