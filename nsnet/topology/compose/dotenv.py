"""The files `.env` and `env_file`: lines of NAME=value.

``export`` in front, comments, 'verbatim' and "expanded" quotes over several lines, and
variables of earlier lines are understood, as Compose does.
"""

from __future__ import annotations

import re

from .place import Place, Problems, Source
from .substitute import TemplateError, Variables, substitute

_KEY = re.compile(r"(?:export[ \t]+)?([^\s=:#'\"]+)[ \t]*(=|:(?=[ \t]|$)|$)", re.MULTILINE)
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:\s+|#[^\n]*)*")
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*$")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def parse_dotenv(
    text: str, source: Source, variables: Variables, problems: Problems
) -> dict[str, str]:
    """The assignments of `text`; `variables` fills in the ones it mentions.

    A name without a value takes that of `variables`, and is left out where there is none.
    """
    return _Reader(text, source, variables, problems).read()


def parse_raw(text: str) -> dict[str, str]:
    """The assignments of an ``env_file`` with ``format: raw``: no quotes, no variables."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key.strip(): value for key, equals, value in pairs if equals}


class _Reader:
    def __init__(self, text: str, source: Source, variables: Variables, problems: Problems) -> None:
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self.source = source
        self.outer = variables
        self.problems = problems
        self.values: dict[str, str] = {}
        self.at = 0

    def read(self) -> dict[str, str]:
        self.at = self._skip(_BLANK)
        while self.at < len(self.text):
            self._assignment()
            self.at = self._skip(_BLANK)
        return self.values

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        return match.end() if match else self.at

    def _assignment(self) -> None:
        key = _KEY.match(self.text, self.at)
        if key is None:
            line = self._rest_of_line()
            self._problem(f'"{line[:40]}" is no assignment: write NAME=value')
            return
        name, sign = key.groups()
        self.at = key.end()
        if sign:
            self.values[name] = self._value()
        elif name in self.outer.values:
            self.values[name] = self.outer.values[name]

    def _value(self) -> str:
        self.at = self._skip(_SPACE)
        if match := _SINGLE.match(self.text, self.at):
            self._end(match.end())
            return match.group(1)
        if match := _DOUBLE.match(self.text, self.at):
            self._end(match.end())
            return self._expanded(_ESCAPE.sub(_unescape, match.group(1)))
        return self._expanded(_COMMENT.sub("", self._rest_of_line()).strip())

    def _end(self, at: int) -> None:
        self.at = at
        self._rest_of_line()

    def _rest_of_line(self) -> str:
        start = self.at
        end = self.text.find("\n", start)
        self.at = len(self.text) if end < 0 else end
        return self.text[start : self.at]

    def _expanded(self, value: str) -> str:
        if "$" not in value:
            return value
        known = Variables({**self.values, **self.outer.values}, self.outer.missing)
        try:
            value = substitute(value, known)
        except TemplateError as error:
            self._problem(str(error))
        return value

    def _problem(self, text: str) -> None:
        line = self.text.count("\n", 0, max(self.at - 1, 0)) + 1
        self.problems.add(Place(self.source, line), text)


def _unescape(match: re.Match[str]) -> str:
    """`\\n` and its like; other backslashes stay for what follows, ``\\$`` for the variables."""
    letter = match.group(1)
    if letter == "$":
        return "$$"
    return _ESCAPES.get(letter, letter if letter in '"\\' else match.group())
