"""Compose's variables in a text: ``$NAME``, ``${NAME:-default}`` and their like.

    ${V:-d} ${V-d}    d where V is empty or unset | unset
    ${V:?e} ${V?e}    an error saying e, likewise
    ${V:+r} ${V+r}    r where V is set and not empty | set
    $$                one dollar sign

Defaults, replacements and error texts may hold variables themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")
#: Variables inside defaults inside defaults: beyond this someone is playing.
_MAX_NESTING = 20


class TemplateError(ValueError):
    """A text whose variables cannot be put in; says why and what to write."""


class Variables:
    """The values to put in, and the names that had none (`missing` may be shared)."""

    def __init__(self, values: Mapping[str, str], missing: dict[str, None] | None = None) -> None:
        self.values = dict(values)
        self.missing: dict[str, None] = {} if missing is None else missing

    def bare(self, name: str) -> str:
        """The value of a variable without a default; an unset one is noted and empty."""
        if name not in self.values:
            self.missing[name] = None
        return self.values.get(name, "")


def substitute(text: str, variables: Variables, nesting: int = 0) -> str:
    """`text` with every variable replaced. Raises TemplateError."""
    if nesting > _MAX_NESTING:
        raise TemplateError(f"variables are nested deeper than {_MAX_NESTING}: flatten them")
    parts: list[str] = []
    start = 0
    while (dollar := text.find("$", start)) >= 0:
        parts.append(text[start:dollar])
        value, start = _one(text, dollar + 1, variables, nesting)
        parts.append(value)
    return "".join(parts) + text[start:]


def _one(text: str, at: int, variables: Variables, nesting: int) -> tuple[str, int]:
    """The value of what follows a dollar sign, and where the text goes on."""
    if text.startswith("$", at):
        return "$", at + 1
    if text.startswith("{", at):
        end = _closing(text, at)
        return _braced(text[at + 1 : end], variables, nesting), end + 1
    name = re.match(_NAME, text[at:])
    if name is None:
        raise TemplateError("a lone $ is no variable: write $$ for a dollar sign")
    return variables.bare(name.group()), at + name.end()


def _closing(text: str, opening: int) -> int:
    """Where the brace that opens at `opening` closes."""
    depth = 0
    for i in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise TemplateError("${ has no closing }: add it, or write $$ for a dollar sign")


def _braced(inside: str, variables: Variables, nesting: int) -> str:
    match = re.match(_NAME, inside)
    if match is None:
        raise TemplateError(f"${{{inside}}} names no variable: write ${{NAME}}, or $$ for a dollar")
    name, rest = match.group(), inside[match.end() :]
    if not rest:
        return variables.bare(name)
    operator = next((o for o in _OPERATORS if rest.startswith(o)), None)
    if operator is None:
        raise TemplateError(f"${{{inside}}} is no variable: write ${{{name}}} or ${{{name}:-…}}")
    value = variables.values.get(name)
    given = bool(value) if operator[0] == ":" else value is not None
    word = rest[len(operator) :]
    return _chosen(operator[-1], name, value if given else None, word, variables, nesting)


def _chosen(
    operator: str, name: str, value: str | None, word: str, variables: Variables, nesting: int
) -> str:
    """The outcome of one operator; `value` is None where the variable does not count."""
    if operator == "+":
        return "" if value is None else substitute(word, variables, nesting + 1)
    if value is not None:
        return value
    word = substitute(word, variables, nesting + 1)
    if operator == "?":
        said = f"{word}: " if word else ""
        raise TemplateError(f"variable {name} is required: {said}set it in the shell or in .env")
    return word
