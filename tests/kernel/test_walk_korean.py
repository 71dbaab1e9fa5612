"""Walks and traces in Korean: the same story as in English, and no English in it but names, the
words of nft, and those of protocols."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from nsnet import KernelError, Lab
from nsnet.api.results.walk import Walk
from nsnet.show.graph.words import width
from tests.unit.test_walk_texts import LATIN

#: MAC addresses, and the ids of diagnoses.
_NO_WORD = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[A-Z0-9]+\.[A-Z_]+")
_WORD = re.compile(r"[A-Za-z_]{2,}")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("shop") as lab:
        front, back = lab.network("front"), lab.network("back", internal=True)
        lab.container("web", [front, back], ports=["8080:80"], expose=80)
        lab.container("db", back)
        lab.up()
        yield lab


def _names(data: dict[str, Any]) -> set[str]:
    """The words of all that is no sentence."""
    events = [{k: v for k, v in each.items() if k != "text"} for each in data["events"]]
    rest = {k: v for k, v in data.items() if k not in ("answer", "notes", "events")}
    return set(_WORD.findall(json.dumps([events, rest])))


def _story(walk: Walk) -> list[tuple[str, ...]]:
    """Its events, but for questions that are asked once."""
    events = (each for each in walk.events if each.kind != "resolve")
    return [(each.leg, each.kind, each.label, each.device) for each in events]


def _checked(english: Walk, korean: Walk) -> str:
    """The Korean text of a walk that is the same story as the English one."""
    assert _story(english) == _story(korean)
    assert english.outcome == korean.outcome
    sentences = [*(e.text for e in korean.events), korean.answer]
    known = _names(korean.data) | LATIN
    drawn = re.sub(r"(?s)<style>.*?</style>|<[^>]*>", "\n", korean._repr_svg_())
    for text in (*sentences, str(korean), unescape(drawn)):
        left = set(_WORD.findall(_NO_WORD.sub("", text))) - known
        assert not left, f"{left} in {text}"
    assert all(re.search("[가-힣]", each.text) for each in korean.events)
    assert max(map(width, str(korean).splitlines())) <= 100
    return str(korean)


def test_a_request_that_arrives(lab: Lab) -> None:
    for way in (lab.walk, lab.trace):
        text = _checked(way(lab.outside, "host:8080"), way(lab.outside, "host:8080", language="ko"))
        assert "outside가 연결 요청을 보냅니다: tcp 203.0.113.1:" in text
        assert "web의 80번 포트에서 듣는 프로그램이 받습니다" in text
        assert "(응답을 위해 되돌림)" in text
        assert "→ 응답 받음: 연결됨" in text


def test_one_that_is_dropped(lab: Lab) -> None:
    db = lab["db"]
    text = _checked(db.walk("8.8.8.8"), db.walk("8.8.8.8", language="ko"))
    assert "→ host에서 사라짐: 체인 ip nsnet from-back의 규칙" in text
    text = _checked(db.trace("8.8.8.8"), db.trace("8.8.8.8", language="ko", timeout=0.2))
    assert "→ host에서 사라짐: 버려졌습니다: 테이블 ip nsnet 체인 from-back의 규칙" in text
    assert "(NET.INTERNAL)" in text


def test_one_that_is_refused(lab: Lab) -> None:
    text = _checked(lab.walk("db", "web:81"), lab.walk("db", "web:81", language="ko"))
    assert "참고: APP.NOT_LISTENING: 패킷은 web에 도착하지만" in text
    assert text.endswith("→ 거절됨: 연결 거절")


def test_a_question_for_a_name(lab: Lab) -> None:
    for way in (lab.walk, lab.trace):
        ends = ("web", "127.0.0.11:53")
        text = _checked(way(*ends, protocol="udp"), way(*ends, protocol="udp", language="ko"))
        assert "web이 데이터그램을 보냅니다: udp 127.0.0.1:" in text
        assert "→ 응답 받음: 대답" in text


def test_ping(lab: Lab) -> None:
    for way in (lab.walk, lab.trace):
        text = _checked(way("web", "db"), way("web", "db", language="ko"))
        assert "db 자신에게 온 것입니다. ping에는 커널이 응답합니다" in text


def test_a_language_that_is_not_known(lab: Lab) -> None:
    with pytest.raises(KernelError, match="write en or ko"):
        lab.walk("web", "db", language="fr")  # type: ignore[arg-type]
