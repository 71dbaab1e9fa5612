"""nsnet lab, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Done, nsnet
from tests.labs import tiny
from tests.labs.conftest import learner

__all__ = ["learner"]
pytestmark = pytest.mark.usefixtures("learner")


def lab(*words: str, **env: str) -> Done:
    return nsnet("lab", *words, **env)


def start(*words: str) -> Done:
    done = lab("start", "--no-shell", *words)
    assert done.code == 0, done.err
    return done


def solve() -> None:
    assert nsnet("lab", "shell", stdin=tiny.SOLVE + "\n").code == 0


@pytest.mark.parametrize(
    "word", ["task", "check", "hint", "predict", "answer", "solution", "reset", "shell"]
)
def test_nothing_under_work(word: str) -> None:
    done = lab(word)
    assert (done.code, done.faults) == (5, ["error: nothing is under work: nsnet lab start"])


def test_choosing() -> None:
    done = lab("list")
    assert "  1 one " in done.out
    assert "0 of 2 exercises solved" in done.out
    assert "with Docker: docker run -d nginx" in lab("show", "1").out
    assert "★" in next(line for line in done.out.splitlines() if " two " in line)
    assert lab("ls", "-q").out.split() == ["one", "two"]
    assert "방 하나" in lab("show", "1", "--lang", "ko").out
    assert lab("show", "on").out.startswith("1. One room")
    wrong = lab("start", "tow")
    assert (wrong.code, wrong.faults) == (
        5,
        ["error: there is no exercise 'tow': did you mean 'two'?"],
    )
    assert lab("start", "").faults == ["error: there is no exercise '': see: nsnet lab list"]
    assert lab("status").out == "nothing is under work\n0 of 2 exercises solved\n"


def test_from_start_to_solved() -> None:
    done = start("--seed", "1")
    assert "Let lo of c1 work; its address is 10." in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert "Nothing has been checked yet" in lab("hint").out
    failed = lab("check")
    assert failed.code == 1
    assert "✗ c1 hears itself" in failed.out
    assert "L1.LO_DOWN" in failed.out
    assert "· gate: not checked yet" in failed.out
    hints = [lab("hint").out for _ in range(4)]
    assert len(set(hints)) == 4
    assert all(each.startswith("L1.LO_DOWN") for each in hints[:3])
    refused = lab("solution")
    assert refused.code == 1
    assert refused.err.startswith("error: one is not solved yet")
    assert lab("predict", "3").faults == ["error: cannot predict 3: the choices are 1 to 2"]
    assert lab("predict", "1").out.startswith("Noted: 1.")
    assert lab("predict", "2").out.startswith("Noted: 1.")
    assert lab("answer", "10.9.9.9").out == "Noted: gate = 10.9.9.9\n"
    assert "your answer: 10.9.9.9" in lab("answer").out
    solve()
    passed = lab("check")
    assert passed.code == 0
    assert "one is solved." in passed.out
    assert "Well done." in passed.out
    assert "Next: two" in passed.out
    again = lab("check", "--lang", "ko")
    assert again.code == 0
    assert "여전히 통과합니다" in again.out
    assert tiny.SOLVE in lab("solution").out
    assert "without" not in lab("solution").out
    assert lab("predict").out.endswith("It is 2.\nEvery namespace begins so.\n")
    rows = json.loads(lab("export", "--name", "Kim").out)["exercises"]
    assert (rows[0]["checks"], rows[0]["hints"], rows[0]["predicted"]) == (2, 3, False)
    assert lab("stop").code == 0
    assert lab("list").out.splitlines()[1].startswith(" ✓  1 one")


def test_going_on() -> None:
    start("one", "--seed", "3")
    assert "goes on where you left it" in start().out
    stays = lab("next", "--no-shell")
    assert stays.code == 1
    assert "one is not solved yet" in stays.out
    solve()
    assert lab("reset", "--no-shell").code == 0
    assert lab("check").code == 1
    assert "2. One room  (two" in lab("next", "--skip", "--no-shell").out
    state = json.loads(lab("status", "--format", "json").out)
    assert (state["exercise"], state["checks"], state["scene"]) == ("two", 0, True)
    assert nsnet("sandbox", "stop", "lab").code == 0
    gone = lab("check")
    assert gone.code == 5
    assert "the scene of two is gone" in gone.err
    assert "The scene of two was gone: it is new." in start().out
    assert lab("stop", "--dry-run").out == "would end the sandbox lab, with everything in it\n"
    assert lab("stop").out == "two has ended; nothing is left of it.\n"
    assert lab("stop").out == "nothing is under work\n"


def test_json_and_limited_checks() -> None:
    start("two")
    assert lab("answer").out == "There are no questions in two.\n"
    assert lab("predict").out == "There is nothing to predict in two.\n"
    assert [lab("predict", "1").code, lab("answer", "gate", "1").code] == [2, 2]
    first = lab("check", "--format", "json")
    found = json.loads(first.out)
    assert (first.code, found["lab"], found["passed"]) == (1, "two", False)
    assert [(x["id"], x["diagnosis"]) for x in found["checks"]] == [
        ("lo", "L1.LO_DOWN"),
        ("gate", None),
    ]
    assert "0 of 2 checks are left." in lab("check").out
    refused = lab("check")
    assert refused.code == 3
    assert refused.faults == [
        "error: no checks of two are left: all 2 were used: nsnet lab reset begins anew"
    ]


def test_a_damaged_file(learner: dict[str, str]) -> None:
    folder = Path(learner["NSNET_DATA"])
    folder.mkdir()
    (folder / "attempt.json").write_text("{")
    done = lab("status")
    assert done.code == 1
    assert len(done.faults) == 1
    assert "it is damaged" in done.err
    (folder / "attempt.json").unlink()
