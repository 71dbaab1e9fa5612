"""Man pages: nsnet(1), and one for each group of commands."""

from __future__ import annotations

import re

from nsnet._version import __version__

from .around import CODES, FILES, VARIABLES
from .told import Told, everything, volumes

FOLDER = "share/man/man1"


def pages() -> dict[str, str]:
    """The man pages, by path."""
    found = volumes(everything())
    return {f"{FOLDER}/{name(each)}.1": _page(each, found) for each in found}


def name(told: Told) -> str:
    """``nsnet-lab``, as git calls its own."""
    return told.words.replace(" ", "-")


def _page(told: Told, others: list[Told]) -> str:
    top = told is others[0]
    shown = f"nsnet {__version__}"
    lines = [
        '.\\" Written by scripts/generate from the help of the commands.',
        f'.TH {name(told).upper()} 1 "" "{shown}" "User commands"',
        ".SH NAME",
        _safe(f"{name(told)} - {told.short}"),
        ".SH SYNOPSIS",
        f".B {_safe(told.usage)}",
        ".SH DESCRIPTION",
        *_text(told.paragraphs),
        *_options(told, ".SH OPTIONS"),
        ".SH COMMANDS",
    ]
    if not top:
        lines += _text(("Global options, and what holds for all commands, are told in nsnet(1).",))
    volumed = {each.words for each in others}
    for child in told.children:
        lines += _summary(child) if child.words in volumed else _command(child)
    lines += _examples(told, ".SH EXAMPLES")
    if top:
        lines += [".SH ENVIRONMENT", *_listed(VARIABLES), ".SH FILES", *_listed(FILES)]
        lines += [".SH EXIT STATUS", *_listed(CODES)]
    also = ", ".join(f"{name(each)}(1)" for each in others if each is not told)
    lines += [".SH SEE ALSO", _safe(f"{also}, ip(8), nft(8), network_namespaces(7)")]
    return "\n".join(lines) + "\n"


def _command(told: Told) -> list[str]:
    return [
        f".SS {_safe(told.words)}",
        f".B {_safe(told.usage)}",
        ".PP",
        *_text(told.paragraphs),
        *_options(told, ".PP"),
        *_examples(told, ".PP"),
    ]


def _summary(told: Told) -> list[str]:
    """A group that has a page of its own."""
    return [f".SS {_safe(told.words)}", *_text((f"{told.short}: see {name(told)}(1).",))]


def _text(paragraphs: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    for each in paragraphs:
        lines += [".PP"] if lines else []
        table = "\n" in each
        lines += [".nf", *map(_safe, each.splitlines()), ".fi"] if table else [_safe(each)]
    return lines


def _options(told: Told, before: str) -> list[str]:
    return [before, *_listed(told.options)] if told.options else []


def _listed(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    lines: list[str] = []
    for what, means in pairs:
        lines += [".TP", f".B {_safe(what)}", _safe(means)]
    return lines


def _examples(told: Told, before: str) -> list[str]:
    lines = [before] if told.examples else []
    for line, means in told.examples:
        lines += [".TP", f".B {_safe(line)}", _safe(means)]
    return lines


def _safe(text: str) -> str:
    """`text` for roff: a dot or quote at its beginning is no command, a hyphen can be copied, what
    stands in backticks is bold, and an ellipsis is seen in the locale C, too."""
    for char, written in (
        ("\\", "\\e"),
        ("-", "\\-"),
        ("'", "\\(aq"),
        ("~", "\\(ti"),
        ("…", "..."),
    ):
        text = text.replace(char, written)
    text = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", text.replace("^", "\\(ha"))
    text = text.replace('"', "\\(dq")
    return f"\\&{text}" if text.startswith((".", "\\(aq")) else text
