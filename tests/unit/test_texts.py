"""The words of the diagnosis: complete in every language, with the same blanks."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from nsnet.diagnose import texts
from nsnet.diagnose.findings import RUNGS, Broken

_LADDER = Path(texts.__file__).parent.parent
_ID = re.compile(r'"((?:L[123]|NS|MODE|SYSCTL|APP|NAT|CT|FLT|NET|DNS|MTU|VX|MESH|SEC|IPAM)\.\w+)"')
each_language = pytest.mark.parametrize("language", texts.LANGUAGES)


def blanks(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@each_language
def test_the_same_ids_in_all_languages(language: str) -> None:
    assert texts.ids(language) == texts.ids("en")
    assert texts.words(language).keys() == texts.words("en").keys()
    assert list(texts.rungs(language)) == list(RUNGS)


@each_language
@pytest.mark.parametrize("name", texts.ids("en"))
def test_an_id_is_told_in_full(name: str, language: str) -> None:
    one = Broken(name, "link")
    mine, english = texts.of(one, language), texts.of(one, "en")
    assert all((mine.title, mine.message, mine.hint, mine.docker))
    assert blanks(mine.message) == blanks(english.message)
    korean = re.search("[가-힣]", mine.title + mine.message)
    assert bool(korean) == (language == "ko")


@each_language
def test_what_stands_around_has_the_same_blanks(language: str) -> None:
    mine, english = texts.words(language), texts.words("en")
    assert {k: blanks(v) for k, v in mine.items()} == {k: blanks(v) for k, v in english.items()}


def test_every_id_that_is_given_has_words() -> None:
    given = {
        name
        for file in (_LADDER / "ladder").glob("*.py")
        for name in _ID.findall(file.read_text(encoding="utf-8"))
    }
    assert len(given) > 50
    assert given <= set(texts.ids("en"))


def test_a_fact_that_is_missing_is_no_error() -> None:
    said = texts.message(Broken("L3.NO_DEFAULT", "route", {"space": "web"}))
    assert "web" in said
    assert "?" in said


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "ko_KR"}, "ko"),
    ],
)
def test_the_language_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert texts.language_of(environment) == language
