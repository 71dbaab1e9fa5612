"""What all results have in common."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from functools import cached_property
from typing import Any

Json = dict[str, Any]

#: What `nsnet.show.paint` writes (ECMA-48 SGR).
_COLOUR = re.compile("\033\\[[0-9;]*m")


class Result:
    """The answer to a question, sent by the helper. It never changes, and needs its lab no more.

    As text it is what the command line prints; `data` is the command line's JSON. In a notebook
    it shows its picture, if it has one, which is drawn when it is asked for.
    """

    def __init__(self, told: Json) -> None:
        self._told = told

    @property
    def data(self) -> Any:
        """What the command prints with ``--format json``: yours to change."""
        return copy.deepcopy(self._told["data"])

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        return plain("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        lines: list[str] = self._told["lines"]
        return lines

    def _pictures(self) -> dict[str, str]:
        """What can be shown besides the text, by its MIME type."""
        return {}

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """What a notebook shows (IPython's protocol)."""
        bundle = {"text/plain": str(self), **self._pictures()}
        wanted = set(bundle) if include is None else set(include)
        return {kind: bundle[kind] for kind in bundle if kind in wanted - set(exclude or ())}


def plain(text: str) -> str:
    """`text` without colours."""
    return _COLOUR.sub("", text)


def picture(svg: str) -> dict[str, str]:
    """`svg` as it is, and as HTML that is no wider than the page: JupyterLab shows SVG as an image
    of its own width, and cuts off what is wider than the cell."""
    fitting = svg.replace("<svg ", '<svg style="max-width:100%;height:auto" ', 1)
    return {"text/html": f"<div>{fitting}</div>", "image/svg+xml": svg}
