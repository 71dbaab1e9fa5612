"""The reference of the command line for the site: the same pages as the man pages, in Markdown."""

from __future__ import annotations

from .around import CODES, FILES, VARIABLES, Pairs
from .man import name
from .markdown import GENERATED, plain
from .told import Told, everything, volumes

FOLDER = "docs/reference"


def pages() -> dict[str, str]:
    """The pages, by path."""
    found = volumes(everything())
    volumed = {each.words for each in found}
    return {f"{FOLDER}/{name(each)}.md": _page(each, volumed) for each in found}


def _page(told: Told, volumed: set[str]) -> str:
    top = told.words == "nsnet"
    parts = [GENERATED, f"# {told.words}", *_body(told, "Options")]
    parts += [_index(told, volumed)]
    for child in told.children:
        if child.words not in volumed or child.words == told.words:
            parts += [f"## {child.words}", *_body(child, "")]
    if top:
        for title, pairs in (
            ("Environment", VARIABLES),
            ("Files", FILES),
            ("Exit codes", CODES),
        ):
            parts += [f"## {title}", _listed(pairs)]
    return "\n\n".join(parts) + "\n"


def _body(told: Told, options: str) -> list[str]:
    parts = [f"```text\n{told.usage}\n```", *map(_paragraph, told.paragraphs)]
    if told.options:
        parts += [f"{options}:"] if options else []
        parts += [_listed(told.options)]
    if told.examples:
        width = max(len(line) for line, _ in told.examples)
        lines = "\n".join(f"{line:<{width}}  # {means}" for line, means in told.examples)
        parts += [f"```sh\n{lines}\n```"]
    return parts


def _paragraph(text: str) -> str:
    return f"```text\n{text}```" if "\n" in text else plain(text)


def _listed(pairs: Pairs) -> str:
    return "\n".join(f"- `{what}`: {plain(means)}" for what, means in pairs)


def _index(told: Told, volumed: set[str]) -> str:
    """Tables of the commands under their headings, each leading to where it is told."""
    parts = []
    for heading, section in told.sections:
        rows = [f"| {heading} | |", "|---|---|"]
        for command, short in section:
            words = f"{told.words} {command}"
            link = f"{words.replace(' ', '-')}"
            link = f"{link}.md" if words in volumed else f"#{link}"
            rows.append(f"| [`{words}`]({link}) | {plain(short)} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)
