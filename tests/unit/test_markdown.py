"""Markdown for a terminal: folding, quotes, tables."""

from __future__ import annotations

import re

from nsnet.show import markdown
from nsnet.show.graph.words import width


def lines(text: str, columns: int = 80) -> list[str]:
    """Without colours."""
    return [re.sub(r"\033\[[\d;]*m", "", line) for line in markdown.lines(text, columns)]


TABLE = """Before:
| network | containers |
|---|---|
| 172.17.0.0/16 | c1, c2 |
| 금요일 | |
after"""


def test_a_table_stands_side_by_side() -> None:
    assert lines(TABLE) == [
        "Before:",
        "    network         containers",
        "    172.17.0.0/16   c1, c2",
        "    금요일",
        "after",
    ]


def test_the_last_column_is_folded() -> None:
    found = lines("| a | b |\n|---|---|\n| one | two three four |", 20)
    assert found == ["    a     b", "    one   two three", "          four"]


def test_a_quote_goes_on_as_a_quote() -> None:
    found = lines("A ticket:\n> one two three\n> four\n\nend", 12)
    assert found == ["A ticket:", "> one two", "> three four", "", "end"]


def test_nothing_is_wider_than_the_terminal() -> None:
    text = "# A title\n\nwords " * 20 + "\n- an item " + "of words " * 20 + "\n\n> " + "quote " * 30
    assert all(width(line) <= 40 for line in lines(text, 40))


def test_emphasis_ends_before_a_particle() -> None:
    assert lines("곧 *veth 쌍*입니다") == ["곧 veth 쌍입니다"]


def test_a_line_is_folded_inside_what_is_strong() -> None:
    assert lines("**aaaa bbbb cccc**", 10) == ["aaaa bbbb", "cccc"]
