"""The grids as one page without anything from elsewhere, for light and for dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from ...diagnose.reach import Found, Reach
from .grid import Column, Grid, grids, notes
from .words import EXPLAINED, Mark, meaning, sentence, summary

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --line: #d0d7de;
  --good: #116329; --bad: #a40e26; --doubtful: #7d4e00; --faint: #6e7781; --head: #f6f8fa }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --line: #30363d;
  --good: #56d364; --bad: #ff7b72; --doubtful: #e3b341; --faint: #8b949e; --head: #161b22 } }
body { margin: 2rem; background: var(--paper); color: var(--ink);
  font: 15px/1.4 system-ui, sans-serif }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: center;
  white-space: nowrap }
th { background: var(--head); font-weight: 600 }
tbody th { position: sticky; left: 0; text-align: left }
td { cursor: default }
tbody tr:hover td { background: var(--head) }
.good { color: var(--good) } .bad { color: var(--bad) } .doubtful { color: var(--doubtful) }
.none, .note { color: var(--faint) }
"""


#: The same inside a page of somebody else's (a notebook): nothing outside is touched, the ink is
#: the page's own, and the other colours can be read on light and on dark.
_INSIDE = """
.nsnet-reach table { border-collapse: collapse; font-variant-numeric: tabular-nums }
.nsnet-reach h2 { margin: 1rem 0 .4rem; font-size: 1rem }
.nsnet-reach th, .nsnet-reach td { border: 1px solid #8b949e66; padding: .25rem .6rem;
  text-align: center; white-space: nowrap }
.nsnet-reach tbody th { text-align: left }
.nsnet-reach .wide { overflow-x: auto }
.nsnet-reach .good { color: #238f4b } .nsnet-reach .bad { color: #de3b45 }
.nsnet-reach .doubtful { color: #a87400 }
.nsnet-reach .none, .nsnet-reach .note { opacity: .7 }
"""


def fragment(reach: Reach) -> Iterator[str]:
    """The lines of a part of a page: for whoever has a page already."""
    yield f'<div class="nsnet-reach"><style>{_INSIDE}</style>'
    yield from _body(reach)
    yield "</div>"


def page(reach: Reach) -> Iterator[str]:
    """The lines of the page. The details of a cell are in its title."""
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>nsnet reach</title><style>{_STYLE}</style></head><body>"
    yield "<h1>Who reaches whom</h1>"
    yield from _body(reach)
    yield "</body></html>"


def _body(reach: Reach) -> Iterator[str]:
    yield f"<p>{escape(summary(reach.found))}. Rows ask, columns are asked.</p>"
    made = grids(reach)
    for grid in made:
        yield from _table(grid)
    seen = {text for grid in made for _, cells in grid.marked() for text in cells}
    for text in EXPLAINED:
        if text in seen:
            yield f'<p class="note">{escape(text)}: {escape(meaning(text))}</p>'
    for line in notes(reach):
        yield f'<p class="note">{escape(line)}</p>'


def _table(grid: Grid) -> Iterator[str]:
    yield f'<h2>{grid.title}</h2><div class="wide"><table><thead>'
    yield from _head(grid)
    yield "</thead><tbody>"
    for (row, cells), (_, marks) in zip(grid.rows, grid.marked(), strict=True):
        yield f'<tr><th scope="row">{escape(row)}</th>'
        for column, cell, text in zip(grid.columns, cells, marks, strict=True):
            yield _cell(row, column, cell, text)
        yield "</tr>"
    yield "</tbody></table></div>"


def _head(grid: Grid) -> Iterator[str]:
    ports = any(column.port for column in grid.columns)
    corner = ' rowspan="2"' if ports else ""
    yield f"<tr><th{corner}>from ╲ to</th>"
    for target, columns in groupby(grid.columns, key=lambda each: each.target):
        span = len(list(columns))
        wide = f' colspan="{span}"' if span > 1 else ""
        yield f'<th scope="col"{wide}>{escape(target)}</th>'
    yield "</tr>"
    if ports:
        cells = (f'<th scope="col">{escape(column.port)}</th>' for column in grid.columns)
        yield f"<tr>{''.join(cells)}</tr>"


def _cell(row: str, column: Column, cell: Sequence[Found], text: Mark) -> str:
    title = [f"{row} → {column.target} {column.port}".rstrip(), *map(sentence, cell)]
    full = escape("\n".join(title), quote=True).replace("\n", "&#10;")
    return f'<td class="{text.role or "none"}" title="{full}">{escape(text)}</td>'
