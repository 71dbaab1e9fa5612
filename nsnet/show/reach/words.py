"""What an answer is called in a cell, and in full."""

from __future__ import annotations

from collections.abc import Sequence

from ...diagnose.reach import Found
from ..words import count

GOOD, BAD, DOUBTFUL = "good", "bad", "doubtful"

#: Code → what stands in a cell, and what that means.
_WORDS = {
    "answered": ("✓", "answered"),
    "timeout": ("✗", "no answer in time"),
    "silent": ("?", "no answer, which UDP servers need not give"),
    "refused": ("refused", "arrived, but nobody listens there, or a rule rejects it"),
    "unreachable": ("unreachable", "a router on the way, or our own kernel, has no way to it"),
    "no-route": ("no route", "the sender has no route to it"),
    "prohibited": ("forbidden", "a rule or a route forbids it, and says so"),
    "too-big": ("too big", "the packet is too big for the way"),
    "no-address": ("no address", "it has no address that others could call"),
    "no-resolver": ("no dns", "the sender has no resolver at 127.0.0.11"),
    "unknown": ("unknown", "the name has no address there"),
    "wrong": ("wrong", "the name stands for another address"),
    "failed": ("failed", "the resolver could not tell"),
    "error": ("error", "the sender's kernel refused"),
}

#: Marks whose meaning stands under a table.
EXPLAINED = ("✗", "?", "refused", "forbidden", "unreachable")

_DOUBTFUL = ("silent", "no-address", "no-resolver")


class Mark(str):
    """The text of a cell, and its role: `GOOD`, `BAD`, `DOUBTFUL` or ""."""

    __slots__ = ("role",)
    role: str

    def __new__(cls, text: str, role: str = "") -> Mark:
        """A text with its role."""
        made = super().__new__(cls, text)
        made.role = role
        return made


def mark(cell: Sequence[Found]) -> Mark:
    """What stands in a cell of questions: one mark if all came to the same, else how many
    of them were answered."""
    codes = [each.code for each in cell]
    good = codes.count("answered")
    if good == len(codes):
        return Mark(_WORDS["answered"][0], GOOD)
    if good:
        return Mark(f"{good} of {len(codes)}", DOUBTFUL)
    return Mark(_WORDS[codes[0]][0], DOUBTFUL if codes[0] in _DOUBTFUL else BAD)


def meaning(text: str) -> str:
    """What a mark means."""
    return next(words for short, words in _WORDS.values() if short == text)


def sentence(each: Found) -> str:
    """A question and what it came to, in full."""
    words = _WORDS[each.code][1]
    if each.by:
        words += f" ({each.by} says so)"
    elif each.code == "error" and each.errno:
        import os

        words += f": {os.strerror(each.errno)}"
    if each.detail:
        words += f": {each.detail}"
    if each.ok:
        words += f" in {1e3 * each.seconds:.1f} ms"
    return f"{asked(each)}: {words}"


def asked(each: Found) -> str:
    """A question in the words of its sender."""
    question = each.question
    if question.what == "ping":
        return f"ping {question.address}".rstrip()
    if question.what == "name":
        return f"{question.target} at {question.address}"
    ip = f"[{question.address}]" if ":" in question.address else question.address
    return f"{question.protocol} {ip}:{question.port}"


_NOUNS = (("ping", "ping"), ("port", "port"), ("published", "published port"), ("name", "name"))


def summary(found: Sequence[Found]) -> str:
    """How many of each kind were answered."""
    parts = []
    for what, noun in _NOUNS:
        those = [each for each in found if each.question.what == what]
        if those:
            good = sum(each.ok for each in those)
            parts.append(f"{good} of {count(len(those), noun)}")
    return ", ".join(parts) + " answered" if parts else "nothing was asked"
