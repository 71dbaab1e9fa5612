"""``nsnet graph``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command import Command
from .complete import containers
from .output import say

if TYPE_CHECKING:
    from ..diagnose.graph.model import Graph

_FORMATS = ("text", "svg", "mermaid", "dot", "json")
_ENDINGS = {"svg": "svg", "mmd": "mermaid", "mermaid": "mermaid", "dot": "dot", "gv": "dot"}
_ENDINGS |= {"json": "json", "txt": "text"}


@click.command(
    cls=Command,
    examples=(
        ("nsnet graph", "who hangs on which bridge with which address"),
        ("nsnet graph -o picture.svg", "a picture for a browser; the ending chooses the format"),
        ("nsnet graph front web", "only these networks, containers or namespaces"),
        ("nsnet graph --format json", "for other programs"),
    ),
)
@click.argument("what", nargs=-1, metavar="[WHAT]…", shell_complete=containers)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="How to draw it. [default: by the file's ending, else text]",
)
@click.option("-o", "--output", type=click.Path(), metavar="FILE", help="Write it into a file.")
@click.option(
    "--only",
    "only",
    multiple=True,
    metavar="WHAT",
    shell_complete=containers,
    help="The same as WHAT: leave out all but this network, container or namespace.",
)
def graph(
    what: tuple[str, ...], form: str | None, output: str | None, only: tuple[str, ...]
) -> int:
    """Draw the network namespaces of this host and what connects them.

    Everything is read from the kernel, also of namespaces that nsnet did not make: interfaces,
    addresses, cables, bridges, default routes, published ports, NAT. nsnet's records add names.

    WHAT is a network, a container, a namespace, `host`; with none, all of it is drawn.
    """
    from ..looking.graph import graph as look

    form = form or _by_ending(output) or "text"
    picture = look((*what, *only))
    text = _drawn(picture, form)
    if output in (None, "-"):
        say(text.rstrip("\n"))
        return 0
    _write(str(output), text)
    return 0


def _by_ending(output: str | None) -> str:
    if output is None or output == "-":
        return ""
    ending = output.rpartition(".")[2].lower() if "." in output else ""
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    raise click.UsageError(
        f"{output}: its ending does not say a format: use .svg, .mmd, .dot, .json or .txt, "
        "or add --format"
    )


def _drawn(picture: Graph, form: str) -> str:
    if form == "json":
        import json

        from ..show.graph.data import data

        return json.dumps(data(picture), indent=2, ensure_ascii=False) + "\n"
    if form == "svg":
        from ..show.graph.svg import svg

        return svg(picture)
    if form == "mermaid":
        from ..show.graph.mermaid import mermaid

        return mermaid(picture)
    if form == "dot":
        from ..show.graph.dot import dot

        return dot(picture)
    from ..show.graph.text import text

    return text(picture)


def _write(path: str, text: str) -> None:
    from ..kernel.errors import KernelError

    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise KernelError(f"cannot write {path}", error.strerror or str(error)) from None
