"""Simple Markdown for a terminal: headings, lists, tables, quotes, code, emphasis; nothing
else is understood.

Lines are folded at blanks to a width in columns, of which Hangul takes two each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from . import paint
from .fold import columns, fold

_HEADING = re.compile(r"#{1,6}\s+(.*)")
_ITEM = re.compile(r"(\s*(?:[✓✗] )?)([-*]|\d+\.)\s+(.*)")
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_EMPHASIS = re.compile(r"(?<![*\w])\*([^*\s][^*]*)\*(?![*A-Za-z0-9_])")


def lines(text: str, width: int = 80) -> list[str]:
    """The lines to print, coloured (`paint`)."""
    return [line.rstrip() for block in _blocks(text.splitlines()) for line in _drawn(block, width)]


def _blocks(source: Iterable[str]) -> Iterator[list[str]]:
    """Paragraphs, items of lists, headings and blocks of code, each as its lines; an empty one
    stands for an empty line."""
    block: list[str] = []
    code = False
    for line in source:
        if line.lstrip().startswith("```"):
            if not code:
                yield from [block] if block else []
                block = ["```"]
            else:
                yield block
                block = []
            code = not code
        elif code:
            block.append(line)
        elif not line.strip() or _HEADING.match(line):
            yield from [block] if block else []
            yield [line.strip()]
            block = []
        elif _begins(line, block):
            yield from [block] if block else []
            block = [line]
        else:
            block.append(line)
    yield from [block] if block else []


def _begins(line: str, block: list[str]) -> bool:
    """Does a new block begin? An item of a list goes on in lines that are indented."""
    if (
        _ITEM.match(line)
        or not block
        or any(line.startswith(sign) != block[0].startswith(sign) for sign in ">|")
    ):
        return True
    in_item = bool(_ITEM.match(block[0]))
    return (line.startswith("    ") and not in_item) or (in_item and not line.startswith(" "))


def _drawn(block: list[str], width: int) -> Iterator[str]:
    first = block[0]
    if first == "```":
        yield from (paint.command(f"    {line}") if line else "" for line in block[1:])
    elif heading := _HEADING.match(first):
        yield paint.heading(heading[1])
    elif item := _ITEM.match(first):
        mark = f"{item[1]}{'•' if item[2] in '-*' else item[2]} "
        body = " ".join([item[3], *(line.strip() for line in block[1:])])
        yield from fold(_words(body), mark, " " * columns(mark), width)
    elif first.startswith(">"):
        quoted = " ".join(line.lstrip("> ") for line in block)
        yield from fold(_words(quoted), "> ", "> ", width)
    elif first.startswith("|"):
        yield from _table(block, width)
    elif first.startswith("    "):
        yield from block
    else:
        yield from fold(_words(" ".join(line.strip() for line in block)), "", "", width)


def _table(block: list[str], width: int) -> Iterator[str]:
    """Side by side; the last column is folded if need be. The line below the heads is left out."""
    rows = [[_styled(cell.strip()) for cell in line.strip("| ").split("|")] for line in block]
    if len(rows) > 1 and all(not set(cell) - set(":-") for cell in rows[1]):
        rows[:2] = [[paint.heading(cell) if cell else "" for cell in rows[0]]]
    count = max(map(len, rows))
    rows = [row + [""] * (count - len(row)) for row in rows]
    widths = [max(columns(row[at]) for row in rows) for at in range(count - 1)]
    for row in rows:
        beside = zip(row[:-1], widths, strict=True)
        first = "    " + "".join(f"{cell}{' ' * (n - columns(cell) + 3)}" for cell, n in beside)
        yield from fold(_words(row[-1]), first, " " * columns(first), width)


def _words(text: str) -> list[str]:
    """Styled, and split at blanks; a short piece of code stays in one."""
    return re.findall(r"(?:\033\[[\d;]*m[^\033]{1,40}\033\[0m|\S)+", _styled(text))


def _strong(found: re.Match[str]) -> str:
    """Word by word: a line may be folded between them."""
    return " ".join(paint.heading(word) for word in found[1].split())


def _styled(text: str) -> str:
    text = _CODE.sub(lambda found: paint.command(found[1]), text)
    text = _STRONG.sub(_strong, text)
    return _EMPHASIS.sub(lambda found: paint.name(found[1]), text)
