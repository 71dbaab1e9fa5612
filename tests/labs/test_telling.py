"""What is told of results: lines for people, JSON, hints, the debrief."""

from __future__ import annotations

import pytest

from nsnet.diagnose.findings import Broken
from nsnet.kernel.errors import KernelError
from nsnet.labs import debrief, grade, hints, show, texts
from nsnet.labs.exercise import Check, Question
from nsnet.labs.values import shown
from nsnet.show.fold import columns
from nsnet.show.graph.words import width
from tests.labs.made import PREDICTION, SCENE, exercise, situation, tidy

CHECKS = (
    Check(
        "one", "reaches", {"from": "c1", "to": "c2", "by": "ping"}, {"en": "via ${GW}", "ko": "예"}
    ),
    Check("two", "space", {"": "c9"}),
    Check("three", "space", {"": "c2"}),
)


@pytest.mark.usefixtures("host")
def test_results_as_they_come() -> None:
    one = exercise(
        SCENE,
        *CHECKS,
        predict=PREDICTION,
        debrief={
            "trace": {"from": "c2", "to": "http://172.17.0.2/", "by": "http"},
            "docker": {
                "services": {
                    "web": {"image": "nginx", "network_mode": "bridge", "ports": ["8080:80"]}
                }
            },
            "rules": ["DNAT"],
        },
    )
    try:
        with situation(one) as at:
            results = list(grade.grade(at))
            told, korean = debrief.lines(at, "en", 1), debrief.lines(at, "ko", 1)
    finally:
        tidy()
    assert [each.passed for each in results] == [True, False, None]
    assert grade.exit_code(results) == 1
    data = grade.data(one, results, "r1", {"NS.MISSING": 2})
    assert not data["passed"]
    assert [each["depends_on"] for each in data["checks"]] == [None, "one", "two"]
    assert data["checks"][1]["diagnosis"] == "NS.MISSING"
    assert data["checks"][1]["hint_level"] == 2
    assert show.lines(results[0])[0] == "  ✓ via 172.17.0.1"
    assert "there is no network namespace called c9" in " ".join(show.lines(results[1])).lower()
    assert show.lines(results[2], "ko") == ["  · three: 아직 검사하지 않음"]
    assert "  ✓ 2. b" in told
    assert "  ✗ 1. a" in told
    assert any("leaves c2 by eth0" in line for line in told)
    assert any("c2의 eth0으로 나갑니다" in line for line in korean)
    assert any("요청" in line for line in korean)
    assert not any("leaves" in line or "sends" in line for line in korean)
    assert [line for line in korean if columns(line) > 76] == []
    assert any("! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT" in line for line in told)


def test_hints_answer_what_was_found() -> None:
    one = exercise(hints={"L1.LO_DOWN": {"en": "Who switched ${X} on?", "ko": "누가?"}})
    last = {
        "checks": [
            {"passed": True, "diagnosis": None},
            {
                "passed": False,
                "diagnosis": "L1.LO_DOWN",
                "rung": "link",
                "facts": {"space": "c1"},
                "see": ["ip -n c1 link show lo"],
            },
        ]
    }
    said = [" ".join(hints.hint(one, last, level, "en", {"X": "lo"})) for level in (1, 2, 3, 4)]
    assert "ip -n c1 link show lo" in said[0]
    assert "Switch lo on inside the namespace" in said[1]
    assert "Who switched lo on? (read: ip-link(8)" in said[2]
    assert "last hint" in said[3]
    assert "누가?" in hints.hint(one, last, 3, "ko")[1]
    assert hints.hint(one, {"checks": []}, 1, "en") == [texts.ui("en")["no_hint"]]


def test_a_hint_about_a_question_is_not_about_packets() -> None:
    facts = {"question": "layer", "said": "3"}
    last = {"checks": [{"passed": False, "diagnosis": "ANSWER.WRONG", "rung": "answer",
                        "facts": facts, "see": []}]}  # fmt: skip
    said = " ".join(hints.hint(exercise(), last, 1, "en"))
    assert texts.ui("en")["rungs"]["question"] in said
    assert "ss(8)" not in " ".join(hints.hint(exercise(), last, 3, "en"))


def test_an_answer_is_one_of_the_choices() -> None:
    from nsnet.cli.lab.answer import _choose

    asked = Question("layer", {"en": "Which?"}, ({"en": "a"}, {"en": "b"}), "2")
    _choose(exercise(questions=(asked,)), "layer", " 2 ")
    with pytest.raises(KernelError, match="layer cannot be '7': the choices are 1 to 2"):
        _choose(exercise(questions=(asked,)), "layer", "7")


def test_a_long_rule_is_folded_at_its_blanks() -> None:
    rule = "-A DOCKER ! -i docker0 -p tcp --dport 8080  -j DNAT --to-destination 172.17.0.2:80 -x"
    first, second = debrief._folded(rule)
    assert len(first) <= 76
    assert f"{first} {second.strip()}" == rule
    assert second.startswith("    ")
    assert list(debrief._folded("short  one")) == ["short  one"]
    assert list(debrief._folded("x" * 90)) == ["x" * 90]


def test_a_check_that_cannot_be_done_is_no_failure_of_the_learners() -> None:
    result = grade.Result(
        CHECKS[0], grade.Verdict(None, Broken("CHECK.FAILED", "answer", {"what": "x"}))
    )
    assert grade.exit_code([result]) == 3
    assert show.lines(result)[0].startswith("  ? ")


def test_both_languages_speak_of_the_same() -> None:
    assert set(texts.ids("en")) == set(texts.ids("ko"))
    assert texts.ui("en").keys() == texts.ui("ko").keys()
    for id in texts.ids("en"):
        broken = Broken(id, "link", {})
        english, korean = texts.of(broken, "en"), texts.of(broken, "ko")
        assert blanks(korean.message) <= blanks(english.message), id


def blanks(text: str) -> set[str]:
    from string import Formatter

    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_lines_fit_an_80_column_terminal() -> None:
    text = "네트워크 네임스페이스가 없습니다 " * 12
    lines = show.wrapped(text, "      ")
    assert max(map(width, lines)) <= 80
    assert " ".join(" ".join(lines).split()) == text.strip()


def test_what_must_be_found_is_not_told() -> None:
    assert shown({"NET": "10.0.0.0/24", "_FAULT": "cable"}) == {"NET": "10.0.0.0/24"}


def test_without_a_question_of_the_exercise_there_is_something_to_read() -> None:
    last = {"checks": [{"passed": False, "diagnosis": "L1.WRONG_END", "rung": "link",
                        "facts": {}, "see": []}]}  # fmt: skip
    assert hints.hint(exercise(), last, 3, "ko")[0] == "L1.WRONG_END · 읽을거리"
