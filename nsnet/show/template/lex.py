"""A template's text as words (Go: text/template/parse/lex.go has the rules)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import TemplateError

KEYWORDS = frozenset(
    ("block", "break", "continue", "define", "else", "end", "if", "range", "template", "with")
)
_SPACE = " \t\r\n"
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
    r"|(?:[0-9][0-9_]*)?\.?[0-9_]*(?:[eE][+-]?[0-9]+)?)"
)
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
_CHAR = re.compile(r"'(?:\\.|[^'\\\n])*'")
_WORD = re.compile(r"\w+")


class Word(NamedTuple):
    """One word: its kind, where it begins, its text."""

    kind: str
    at: int
    text: str

    def __str__(self) -> str:
        if self.kind == "end of text":
            return "EOF"
        if self.kind in ("keyword", "dot", "nil"):
            return f"<{self.text}>"
        shown = self.text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{shown[:10]}"...' if len(self.text) > 10 else f'"{shown}"'


def fault(text: str, at: int, message: str) -> TemplateError:
    """The error that the template cannot be read at this place."""
    return TemplateError(f"template: :{text.count(chr(10), 0, at) + 1}: {message}")


def words(text: str) -> Iterator[Word]:
    """The words of a template, errors where they come up. Raises `TemplateError`."""
    at, trim = 0, False
    while True:
        start = text.find("{{", at)
        piece = text[at:] if start < 0 else text[at:start]
        if trim:
            piece = piece.lstrip(_SPACE)
        if start >= 0 and _trims_before(text, start):
            piece = piece.rstrip(_SPACE)
        if piece:
            yield Word("text", at, piece)
        if start < 0:
            yield Word("end of text", len(text), "")
            return
        inner = start + (3 if _trims_before(text, start) else 2)
        comment = text[inner:].lstrip(_SPACE) if inner > start + 2 else text[inner:]
        if comment.startswith("/*"):
            at, trim = _comment(text, len(text) - len(comment))
            continue
        yield Word("left", start, "{{")
        for word in _action(text, inner):
            yield word
            at = word.at + len(word.text)
        trim = word.text != "}}"


def _trims_before(text: str, start: int) -> bool:
    return text.startswith("{{-", start) and text[start + 3 : start + 4] in tuple(_SPACE)


def _comment(text: str, at: int) -> tuple[int, bool]:
    end = text.find("*/", at)
    if end < 0:
        raise fault(text, at, "unclosed comment")
    rest = re.compile(r"(\s+-)?\}\}").match(text, end + 2)
    if not rest:
        raise fault(text, at, "comment ends before closing delimiter")
    return rest.end(), bool(rest.group(1))


_END = re.compile(r"[ \t\r\n]-\}\}|\}\}")


def _action(text: str, at: int) -> Iterator[Word]:
    """The words up to and with the end of the action."""
    depth = 0
    while True:
        end = _END.match(text, at)
        if end:
            if depth:
                raise fault(text, at, "unclosed left paren")
            yield Word("right", at, end.group())
            return
        if at >= len(text):
            raise fault(text, at, "unclosed action")
        word = _word(text, at)
        depth += {"(": 1, ")": -1}.get(word.kind, 0)
        yield word
        at += len(word.text)


def _word(text: str, at: int) -> Word:
    char = text[at]
    if char in _SPACE:
        end = at
        while end < len(text) and text[end] in _SPACE and not _END.match(text, end):
            end += 1
        return Word("space", at, text[at:end])
    if text.startswith(":=", at):
        return Word(":=", at, ":=")
    if char == ":":
        raise fault(text, at, "expected :=")
    if char in "=|()":
        return Word(char, at, char)
    if char in "\"`'":
        return _quoted(text, at, char)
    if char == "$":
        return _named(text, at, "variable")
    if char == "." and not text[at + 1 : at + 2].isdigit():
        return _named(text, at, "field")
    if char in "+-." or char.isdigit():
        return _number(text, at)
    if _WORD.match(text, at):
        return _identifier(text, at)
    if char.isascii() and char.isprintable():
        return Word("char", at, char)
    raise fault(text, at, f"unrecognized character in action: {_shown(char)}")


def _quoted(text: str, at: int, char: str) -> Word:
    if char == "`":
        end = text.find("`", at + 1)
        if end < 0:
            raise fault(text, at, "unterminated raw quoted string")
        return Word("raw string", at, text[at : end + 1])
    found = (_STRING if char == '"' else _CHAR).match(text, at)
    if not found:
        what = "quoted string" if char == '"' else "character constant"
        raise fault(text, at, f"unterminated {what}")
    return Word("string" if char == '"' else "character", at, found.group())


def _named(text: str, at: int, kind: str) -> Word:
    found = _WORD.match(text, at + 1)
    end = found.end() if found else at + 1
    if kind == "field" and not found:
        kind = "dot"
    _check_end(text, end)
    return Word(kind, at, text[at:end])


def _check_end(text: str, end: int) -> None:
    if end < len(text) and text[end] not in _SPACE + ".,|:()" and not text.startswith("}}", end):
        raise fault(text, end, f"bad character {_shown(text[end])}")


def _number(text: str, at: int) -> Word:
    found = _NUMBER.match(text, at)
    end = found.end() if found else at
    shown = text[at:end]
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        raise fault(text, at, f'bad number syntax: "{text[at : end + 1]}"')
    if not any(c.isdigit() for c in shown):
        raise fault(text, at, f'illegal number syntax: "{shown or text[at]}"')
    return Word("number", at, shown)


def _identifier(text: str, at: int) -> Word:
    found = _WORD.match(text, at)
    assert found
    name = found.group()
    _check_end(text, found.end())
    if name in KEYWORDS:
        return Word("keyword", at, name)
    if name in ("true", "false"):
        return Word("bool", at, name)
    return Word("nil" if name == "nil" else "identifier", at, name)


def _shown(char: str) -> str:
    return f"U+{ord(char):04X} '{char}'" if char.isprintable() else f"U+{ord(char):04X}"
