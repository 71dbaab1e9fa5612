"""What the diagnosis ids mean, in words: one file for each language, read when it is needed."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from string import Formatter
from typing import Any

from ...value import Value
from ..findings import Broken, Facts
from .particles import settle

#: The languages that there are, the first one by default.
LANGUAGES = ("en", "ko")


class Text(Value):
    """The words for one id. `message` still has its blanks."""

    title: str
    message: str
    hint: str
    docker: str

    def said(self, facts: Facts) -> str:
        """The message with its blanks filled; a fact that is not known is a question mark."""
        blanks = {name for _, name, _, _ in Formatter().parse(self.message) if name}
        return settle(self.message.format_map(dict.fromkeys(blanks, "?") | dict(facts)))


def of(broken: Broken, language: str = "en") -> Text:
    """The words for a broken rung."""
    found = _read(language).get(broken.id) or _read("en").get("UNKNOWN") or {}
    return Text(found["title"], found["message"], found["hint"], found["docker"])


def message(broken: Broken, language: str = "en") -> str:
    """The whole sentence about a broken rung."""
    return of(broken, language).said(broken.facts)


def sentences(language: str) -> dict[str, str]:
    """What a language other than English has for the sentences of walks."""
    return _file(f"walk.{language}.toml")


def words(language: str = "en") -> dict[str, str]:
    """What stands around messages."""
    return dict(_read(language)["words"])


def rungs(language: str = "en") -> dict[str, str]:
    """What the rungs are called."""
    return dict(_read(language)["rungs"])


def ids(language: str = "en") -> list[str]:
    """Every id that there are words for."""
    return [each for each in _read(language) if each not in ("words", "rungs")]


def language_of(environment: dict[str, str]) -> str:
    """The language that a user's environment asks for (locale(7)): LC_ALL, LC_MESSAGES, LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "ko" if environment[name].lower().startswith("ko") else "en"
    return "en"


def _read(language: str) -> dict[str, Any]:
    return _file(f"{language if language in LANGUAGES else LANGUAGES[0]}.toml")


@cache
def _file(name: str) -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), name), "rb") as file:
        return tomllib.load(file)
