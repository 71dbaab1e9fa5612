"""Walks in other languages than English."""

from __future__ import annotations

from ..findings import Broken
from ..said import Said
from . import message, sentences
from .particles import settle


class Explained(str):
    """The whole English sentence about a broken rung, for a walk that ends there."""

    broken: Broken


def explained(broken: Broken) -> Explained:
    """The sentence about a broken rung, which can be told in another language later."""
    made = Explained(message(broken))
    made.broken = broken
    return made


def told(text: str, language: str = "en") -> str:
    """The text in a language, if it is one that can be told in several; any other as it is."""
    if language == "en":
        return str(text)
    if isinstance(text, Explained):
        return message(text.broken, language)
    if not isinstance(text, Said):
        return text
    filled = {name: _blank(value, language) for name, value in text.blanks.items()}
    return settle(sentences(language).get(text.form, text.form).format_map(filled))


def _blank(value: object, language: str) -> object:
    return told(value, language) if isinstance(value, str) else value
