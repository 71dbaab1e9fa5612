"""Korean particles after names and numbers that are filled in."""

from __future__ import annotations

import pytest

from nsnet.diagnose.findings import Broken
from nsnet.diagnose.texts import message
from nsnet.diagnose.texts.particles import settle


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("172.17.0.2을(를)", "172.17.0.2를"),
        ("172.17.0.1(을)를", "172.17.0.1을"),
        ("10.0.0.10은(는)", "10.0.0.10은"),
        ("203.0.113.1(으)로", "203.0.113.1로"),
        ("포트 8080(으)로", "포트 8080으로"),
        ("c2과(와) c3이(가)", "c2와 c3이"),
        ("`br0`은(는)", "`br0`은"),
        ("web(이)나 db(이)라는", "web이나 db라는"),
        ("wiki을(를), mail을(를), users(이)가", "wiki를, mail을, users가"),
        ("호스트(으)로, 터널(으)로, 바깥(으)로", "호스트로, 터널로, 바깥으로"),
        ("80/tcp(을)를", "80/tcp를"),
    ],
)
def test_the_last_sound_decides(before: str, after: str) -> None:
    assert settle(before) == after


@pytest.mark.parametrize("text", ["desk은(는)", "?이(가)", "e0(veth)은(는)", "f(x)", "이(가)"])
def test_what_is_not_certain_is_left(text: str) -> None:
    assert settle(text) == text


def test_a_message_has_one_particle_where_that_is_certain() -> None:
    found = Broken("NAT.NO_MASQ", "nat", {"source": "172.17.0.2", "device": "wan0", "to": "c1"})
    assert "172.17.0.2를" in message(found, "ko")
    assert "wan0으로" in message(found, "ko")
