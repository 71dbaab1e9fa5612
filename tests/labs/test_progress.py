"""What is solved stays solved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nsnet.kernel.errors import KernelError
from nsnet.labs import attempt, library, progress, results
from nsnet.labs.attempt import Attempt
from nsnet.labs.progress import Progress
from tests.labs import tiny


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in tiny.make(tmp_path).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "data"


def solve(name: str, **more: object) -> bool:
    attempt.save(Attempt(name, started=1.0, **more))
    return progress.note_passed(library.find(name))


def test_the_first_time_counts() -> None:
    assert solve("one", checks=3, hints={"L1.LO_DOWN": 2, "L3.NO_ADDR": 1}, predicted=2)
    first = progress.load().solved["one"]
    assert (first.checks, first.hints, first.predicted, first.runs) == (3, 3, True, 1)
    assert not progress.note_passed(library.find("one"))
    assert solve("one", checks=1, predicted=1)
    again = progress.load().solved["one"]
    assert (again.checks, again.first, again.predicted, again.runs) == (3, first.first, True, 2)


def test_what_was_begun_meanwhile_is_not_solved() -> None:
    attempt.save(Attempt("two"))
    assert not progress.note_passed(library.find("one"))
    assert not progress.load().solved
    assert not attempt.require().passed


def test_what_comes_next() -> None:
    nothing = Progress()
    assert getattr(progress.next_after("", nothing), "id", "") == "one"
    assert getattr(progress.next_after("one", nothing), "id", "") == "two"
    assert getattr(progress.next_after("two", nothing), "id", "") == "one"
    solve("one")
    assert progress.next_after("two", progress.load()) is None


_WRONG = '{"version": 1, "solved": {"one": {"first": "x", "seconds": 1, "checks": 1, "hints": 0}}}'


@pytest.mark.parametrize(
    "text", ["{", '{"version": 1}', '{"version": 1, "solved": {"one": 5}}', _WRONG]
)
def test_a_broken_file_is_one_clear_line(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "progress.json").write_text(text)
    with pytest.raises(KernelError, match=r"cannot read .*progress.json: it is damaged"):
        progress.load()


def test_results_to_hand_in() -> None:
    solve("one", spoiled=True)
    found = results.collect("김민지")
    one, two = found["exercises"]
    assert (one["id"], one["spoiled"], one["runs"], two["solved"]) == ("one", True, 1, None)
    assert found["digest"] == results.digest(json.loads(json.dumps(found)))
    assert found["digest"] != results.digest(found | {"student": "other"})
    lines = results.csv_of(found).splitlines()
    assert [line.split(",")[3] for line in lines] == ["id", "one", "two"]
    assert all(line.endswith(found["digest"]) for line in lines[1:])
