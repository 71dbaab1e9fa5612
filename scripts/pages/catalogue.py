"""What there is to choose from: the exercises and the diagnoses, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nsnet
from nsnet.labs.exercise import Exercise, in_language
from nsnet.labs.library import parts

from .markdown import GENERATED, plain

#: Where the words about diagnoses are: those of all, and those that only exercises have.
TEXTS = ("diagnose/texts", "labs/texts")


class Words(NamedTuple):
    """What the pages themselves say in a language."""

    folder: str
    exercises: str
    start: str
    columns: str
    minutes: str
    diagnoses: str
    about: str
    only: str


SPOKEN = {
    "en": Words(
        "docs/reference",
        "Exercises",
        "`nsnet lab start ID` prepares one. ★ is the challenge of its part. "
        "How they are worked on: [The labs](../labs.md).",
        "| | id | title | what Docker does there | time |",
        "{} min",
        "Diagnoses",
        "What `nsnet why`, `nsnet reach` and the exercises answer, by id. The letters before the "
        "dot are the rung of the ladder. Words in braces are facts of the case.",
        "In the exercises only",
    ),
    "ko": Words(
        "docs/ko/reference",
        "실습 목록",
        "`nsnet lab start ID --lang ko`로 시작합니다. ★은 각 부의 도전 과제입니다. "
        "자세한 방법은 [튜토리얼](../tutorial.md)에 있습니다.",
        "| | ID | 제목 | 해당하는 Docker 명령 | 시간 |",
        "{}분",
        "진단 목록",
        "`nsnet why`, `nsnet reach`와 실습이 알려 주는 진단을 ID별로 모았습니다. 점 앞의 글자는 "
        "진단 단계이고, 중괄호 안의 말은 상황에 따라 채워지는 사실입니다.",
        "실습에만 나오는 진단",
    ),
}


def pages() -> dict[str, str]:
    """The pages, by path."""
    found: dict[str, str] = {}
    for language, words in SPOKEN.items():
        found[f"{words.folder}/exercises.md"] = "\n".join(_exercises(language, words)) + "\n"
        found[f"{words.folder}/diagnoses.md"] = "\n\n".join(_diagnoses(language, words)) + "\n"
    return found


def _exercises(language: str, words: Words) -> Iterator[str]:
    yield from (GENERATED, "", f"# {words.exercises}", "", words.start)
    for part in parts():
        yield from ("", f"## {in_language(part.title, language)}", "", words.columns)
        yield "|---|---|---|---|---|"
        for each in part.exercises:
            yield _row(each, language, words, "★ " if each.id == part.challenge else "")


def _row(each: Exercise, language: str, words: Words, star: str) -> str:
    title = plain(in_language(each.title, language))
    docker = each.docker.replace("|", "\\|")
    time = words.minutes.format(each.minutes)
    return f"| {each.number} | `{each.id}` | {star}{title} | `{docker}` | {time} |"


def _diagnoses(language: str, words: Words) -> Iterator[str]:
    yield from (GENERATED, f"# {words.diagnoses}", words.about)
    for folder in TEXTS:
        if folder != TEXTS[0]:
            yield f"# {words.only}"
        path = Path(nsnet.__file__).parent / folder / f"{language}.toml"
        for id, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if {"title", "hint"} <= set(text):
                yield f"## {id}"
                yield f"**{plain(text['title'])}**"
                yield from (plain(text[key]) for key in ("message", "hint") if text[key])
                yield from (f"> {plain(text[key])}" for key in ("docker",) if text[key])
