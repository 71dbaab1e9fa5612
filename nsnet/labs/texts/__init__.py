"""The words for what the labs find: their own ids, and those of `nsnet why`."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from typing import Any

from ...diagnose import texts
from ...diagnose.findings import Broken
from ...diagnose.texts import Text

__all__ = ["Text", "ids", "message", "of", "ui"]


def of(broken: Broken, language: str = "en") -> Text:
    """The words for a diagnosis."""
    found = _read(language).get(broken.id) or _read("en").get(broken.id)
    if found is None:
        return texts.of(broken, language)
    return Text(found["title"], found["message"], found["hint"], found["docker"])


def message(broken: Broken, language: str = "en") -> str:
    """The whole sentence about it."""
    return of(broken, language).said(broken.facts)


def ids(language: str = "en") -> list[str]:
    """Every id that there are words for."""
    ours = [each for each in _read(language) if each != "words"]
    return [*ours, *(each for each in texts.ids(language) if each not in ours)]


def ui(language: str = "en") -> dict[str, str]:
    """What stands around messages."""
    return {**_read("en")["words"], **_read(language).get("words", {})}


@cache
def _read(language: str) -> dict[str, Any]:
    name = language if language in texts.LANGUAGES else texts.LANGUAGES[0]
    with open(os.path.join(os.path.dirname(__file__), f"{name}.toml"), "rb") as file:
        return tomllib.load(file)
