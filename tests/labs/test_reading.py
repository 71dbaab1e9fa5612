"""lab.yaml: what is read, and what an author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsnet.kernel.errors import KernelError, NotFound
from nsnet.labs import library
from nsnet.labs.reading import BadExercise, read_exercise
from nsnet.labs.values import draw

GOOD = """
title: {en: One, ko: 하나}
docker: docker run
minutes: 5
level: 1
vars: {NET: {pick: [10.1.0.0/24]}, C1: {host: [NET, 2]}, LEN: {prefix: NET}, M: {mac: C1},
       T: {hex: 8}, N: {number: [3, 3]}, W: {map: [N, {3: "x${C1}"}]}, ALL: "${C1}/${LEN}"}
checks:
  - id: first
    space: c1
  - reaches: {from: c1, to: "${C1}"}
questions: {which: {ask: Which?, answer: "${C1}"}}
predict: {ask: {en: What?}, choices: [a, b], answer: 2, because: {en: so}}
limits: {checks: 3}
"""


def written(folder: Path, text: str) -> Path:
    (folder / "lab.yaml").write_text(text)
    return folder


def test_an_exercise(tmp_path: Path) -> None:
    one = read_exercise(str(written(tmp_path, GOOD)), "part", 7)
    assert [each.id for each in one.checks] == ["first", "reaches"]
    assert one.checks[0].given == {"": "c1"}
    assert (one.number, one.checks_allowed, one.questions[0].ask) == (7, 3, {"en": "Which?"})
    assert one.predict is not None
    assert one.predict.choices[1] == {"en": "b"}


def test_values_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    one = read_exercise(str(written(tmp_path, GOOD)), "part", 1)
    found = draw(one, 5)
    assert found == draw(one, 5)
    assert found["T"] != draw(one, 6)["T"]
    assert len(found["T"]) == 8
    del found["T"]
    assert found == {
        "NET": "10.1.0.0/24",
        "C1": "10.1.0.2",
        "LEN": "24",
        "M": "02:42:0a:01:00:02",
        "N": "3",
        "W": "x10.1.0.2",
        "ALL": "10.1.0.2/24",
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("docker:", "doker:", "unknown key 'doker'"),
        ("minutes: 5\n", "", "minutes is missing"),
        ("    space: c1", "    spice: c1", "no assertion 'spice'.*there are .*blocked"),
        ("    space: c1", "    space: c1\n    reaches: {}", "one assertion, not space, reaches"),
        ("  - reaches", "  - id: first\n    reaches", "two checks are called first"),
        ("{pick: [10.1.0.0/24]}", "{choose: [a]}", "vars: NET.*pick"),
        ("answer: 2, because", "answer: 3, because", "answer 3.*there are 2 choices"),
        ("{host: [NET, 2]}", "{host: [NOT, 2]}", "cannot draw C1"),
        ("limits: {checks: 3}", "limits: 3", "must be a mapping"),
        ("title: {en", "title: {en: {", "is not YAML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(KernelError, match=said) as caught:
        draw(read_exercise(str(written(tmp_path, GOOD.replace(old, new))), "part", 1), 1)
    assert "lab.yaml" in str(caught.value)


def test_parts_and_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part, names in (("010-one", ("010-aa", "020-ab")), ("020-two", ("010-bc", "x"))):
        for name in names:
            (tmp_path / part / name).mkdir(parents=True)
            written(tmp_path / part / name, GOOD)
        (tmp_path / part / "part.yaml").write_text("title: P\nchallenge: ab\n")
    monkeypatch.setenv("NSNET_LABS", str(tmp_path))
    assert {e.id: (e.number, e.part) for e in library.exercises().values()} == {
        "aa": (1, "one"),
        "ab": (2, "one"),
        "bc": (3, "two"),
    }
    assert library.find("3").id == library.find("b").id == "bc"
    with pytest.raises(NotFound, match="did you mean 'ab'"):
        library.find("abb")
    with pytest.raises(NotFound, match="nsnet lab list"):
        library.find("0")
    with pytest.raises(NotFound, match="no exercise '²'"):
        library.find("²")
    monkeypatch.setenv("NSNET_LABS", str(tmp_path / "none"))
    with pytest.raises(KernelError, match=r"cannot read .*none: NSNET_LABS names no folder"):
        library.parts()


def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadExercise, match="cannot read"):
        read_exercise(str(tmp_path), "part", 1)
