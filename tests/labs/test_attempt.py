"""What is remembered of the exercise under work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nsnet.kernel.errors import KernelError, NotFound
from nsnet.labs import attempt, data
from nsnet.labs.attempt import Attempt


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "deep" / "data"
    monkeypatch.setenv("NSNET_DATA", str(place))
    return place


def test_it_comes_back_as_it_was() -> None:
    assert attempt.load() is None
    before = Attempt("one", 7, hints={"L1.LO_DOWN": 2}, answers={"gate": "방"}, predicted=1)
    attempt.save(before)
    assert attempt.load() == before
    attempt.drop()
    assert attempt.load() is None
    attempt.drop()


def test_nothing_under_work_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(NotFound, match=r"^nothing is under work: nsnet lab start$"):
        attempt.require()


_OF_ONE = '{"version": 1, "exercise": "one", %s}'
_WRONG = ['"started": "x"', '"hints": []', '"hints": {"L1.LO_DOWN": "2"}', '"seed": true']


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"version": 99}', '{"version": 1}', "\0", *(_OF_ONE % each for each in _WRONG)],
)
def test_a_broken_file_is_one_clear_line(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "attempt.json").write_text(text)
    with pytest.raises(KernelError, match=r"cannot read .*attempt.json: it is damaged.*see: mv "):
        attempt.load()


def test_what_is_no_damage_is_not_to_be_put_aside(folder: Path) -> None:
    (folder / "attempt.json").mkdir(parents=True)
    with pytest.raises(KernelError, match=r"^cannot read .*attempt.json: Is a directory$"):
        attempt.load()


def test_an_exercise_of_another_library() -> None:
    with pytest.raises(NotFound, match=r"^1 is under work: .*NSNET_LABS.*nsnet lab stop"):
        Attempt("1").description()


def test_what_a_later_version_adds_does_not_hurt(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "attempt.json").write_text('{"version": 1, "exercise": "one", "mood": 3}')
    assert attempt.require().exercise == "one"


def test_two_at_once_lose_nothing() -> None:
    attempt.save(Attempt("one"))
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            for _ in range(25):
                with attempt.changing() as now:
                    now.checks += 1
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert attempt.require().checks == 100


def test_where_it_is() -> None:
    assert data.folder({"NSNET_DATA": "/x/y", "XDG_DATA_HOME": "/z"}) == "/x/y"
    assert data.folder({"XDG_DATA_HOME": "/z"}) == "/z/nsnet"
    assert data.folder({}).endswith("/.local/share/nsnet")


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone works for others")
def test_under_sudo_it_is_the_home_of_the_one_who_typed() -> None:
    assert data.folder({"SUDO_USER": "daemon"}) == "/usr/sbin/.local/share/nsnet"
    assert data.folder({"SUDO_USER": "nobody-at-all"}) == data.folder({})


def test_what_root_writes_belongs_to_whom_the_folder_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    try:
        os.chown(home, 1, 1)
    except OSError:
        pytest.skip("needs a second user")
    monkeypatch.setenv("NSNET_DATA", str(home / ".local/share/nsnet"))
    attempt.save(Attempt("one"))
    with attempt.changing():
        pass
    found = [home / ".local", *(home / ".local").rglob("*")]
    assert {path.stat().st_uid for path in found} == {1}
    assert {path.name for path in found} >= {"nsnet", ".lock", "attempt.json"}
