"""The resolver's reading and writing of messages, beside dnspython's."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsnet.resolver import wire
from nsnet.resolver.forward import nameservers

labels = st.binary(min_size=1, max_size=63)
names = st.lists(labels, max_size=3).map(lambda parts: dns.name.Name([*parts, b""]))


def query(name: str, kind: str = "A", **more: object) -> bytes:
    return dns.message.make_query(name, kind, **more).to_wire()  # type: ignore[arg-type]


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_bytes_are_taken_or_left(data: bytes, response: bytes) -> None:
    wire.is_query(data)
    asked = wire.question(data)
    if asked is not None:
        assert data[12:].startswith(asked.raw)
        assert wire.udp_size(data, asked) >= 512
        assert len(wire.answer(data, asked, [wire.record(1, b"1234")] * 40, 512)) <= 510
    if wire.answers(response, data, response[:2]):
        wire.is_final(response)


@given(names, st.sampled_from(["A", "AAAA", "PTR", "MX", "TXT"]), st.booleans())
def test_questions_are_read_as_by_others(name: dns.name.Name, kind: str, edns: bool) -> None:
    more = {"use_edns": 0, "payload": 1400} if edns else {}
    message = dns.message.make_query(name, kind, **more)  # type: ignore[arg-type]
    asked = wire.question(message.to_wire())
    assert asked is not None
    assert (asked.kind, asked.inet) == (dns.rdatatype.from_text(kind), True)
    assert asked.raw[:-4] == name.to_wire()
    assert wire.udp_size(message.to_wire(), asked) == (1400 if edns else 512)


def test_names_are_compared_in_lower_case_and_dots_inside_a_label_are_none() -> None:
    for name, text in [("WEB.Front", "web.front"), (".", ""), (r"a\.b.c", r"a\.b.c")]:
        asked = wire.question(query(name))
        assert asked is not None
        assert asked.name == text


@given(st.lists(st.binary(min_size=4, max_size=4), max_size=50), st.integers(512, 4096))
def test_answers_are_read_by_others(addresses: list[bytes], most: int) -> None:
    text = query("Web.front")
    asked = wire.question(text)
    assert asked is not None
    records = [wire.record(wire.A, each) for each in addresses]
    response = text[:2] + wire.answer(text, asked, records, most)
    message = dns.message.from_wire(response)
    assert len(response) <= most
    found = sum(len(record) for record in message.answer)
    room = (most - 12 - len(asked.raw)) // 16
    cut = len(records) > room
    assert bool(message.flags & dns.flags.TC) == cut
    assert found == len({*addresses[:room]})  # dnspython drops what is told twice
    assert all(record.name.to_text() == "Web.front." for record in message.answer)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("web.front", b"\3web\5front\0"),
        ("", b""),
        ("a..b", b""),
        ("x" * 63, b"\x3f" + b"x" * 63 + b"\0"),
        ("x" * 64, b""),
        (".".join(["x" * 63] * 4), b""),
    ],
)
def test_names_that_dns_cannot_carry_are_not_encoded(name: str, encoded: bytes) -> None:
    assert wire.encode_name(name) == encoded


def test_a_response_must_be_to_this_very_question() -> None:
    asked = query("eXt.test", "A")
    right = dns.message.make_response(dns.message.from_wire(asked)).to_wire()
    assert wire.answers(right, asked, asked[:2])
    assert wire.answers(right[:12] + right[12:].lower(), asked, asked[:2])
    assert not wire.answers(right, asked, bytes((asked[0] ^ 1, asked[1])))
    assert not wire.answers(asked, asked, asked[:2])
    other = dns.message.make_response(dns.message.from_wire(query("ext2.test", id=1))).to_wire()
    assert not wire.answers(other, query("ext.test", id=1), b"\0\1")
    aaaa = dns.message.make_response(dns.message.from_wire(query("ext.test", "AAAA", id=1)))
    assert not wire.answers(aaaa.to_wire(), query("ext.test", id=1), b"\0\1")
    bare = asked[:2] + b"\x81\x85" + bytes(8)
    assert wire.answers(bare, asked, asked[:2])  # refused, without the question
    assert not wire.answers(asked[:2] + b"\x81\x80" + bytes(8), asked, asked[:2])


def test_upstreams_are_read_from_resolv_conf() -> None:
    text = b"""\
; comment
# nameserver 9.9.9.9
search test
nameserver 10.0.0.1
  nameserver\t127.0.0.53  trailing
nameserver fe80::1%eth0
nameserver ::1
nameserver name.test
nameserver
nameserver 2001:db8::1
\xff\xfe
"""
    assert nameservers(text) == [
        ("10.0.0.1", False),
        ("127.0.0.53", True),
        ("::1", True),
        ("2001:db8::1", False),
    ]
