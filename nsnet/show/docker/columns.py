"""Lists as the docker command prints them: ``--format``, ``table …``, and the usual table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .. import paint
from ..template import Template
from ..template.values import Struct

#: At least so wide is a column, and so many blanks are behind its longest cell.
_LEAST, _GAP = 10, 3


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows below each other, the first in the colours of a heading. Cells but the last of a row
    are filled up with blanks (as Go's text/tabwriter does it for docker)."""
    sizes: list[int] = []
    for row in rows:
        sizes += [0] * (len(row) - 1 - len(sizes))
        for number, cell in enumerate(row[:-1]):
            sizes[number] = max(sizes[number], len(cell) + _GAP, _LEAST)
    lines = [
        "".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=False)) + row[-1]
        for row in rows
    ]
    return "\n".join([paint.heading(lines[0].rstrip()), *lines[1:]]) if lines else ""


def listed(
    form: str, usual: Sequence[str], headers: Mapping[str, str], rows: Sequence[Struct]
) -> str:
    """`rows` by the template `form`; `usual` are the fields of the plain table, `headers` the
    titles of all fields. Raises `TemplateError`."""
    if form in ("", "table"):
        cells = [[str(row[field]) for field in usual] for row in rows]
        return columns([[headers[field] for field in usual], *cells])
    table = form.startswith("table ")
    text = form.removeprefix("table ")
    text = text.replace("\\t", "\t").replace("\\n", "\n")
    template = Template(text)
    if not table:
        return "\n".join(template.render(row) for row in rows)
    titles = Struct(headers)
    titles["Label"] = lambda name: str(name).rpartition(".")[2]
    titles.kind = rows[0].kind if rows else "struct"
    whole = [template.render(titles), *(template.render(row) for row in rows)]
    return columns([line.split("\t") for text in whole for line in text.split("\n")])


def matches(pattern: str, *texts: str) -> bool:
    """Is the regular expression (or, where it is none, the text) found in one of `texts`?"""
    try:
        found = re.compile(pattern)
    except re.error:
        return pattern in texts
    return any(found.search(text) for text in texts)
