"""The picture of a host's networks."""

from __future__ import annotations

from functools import cached_property

from ...diagnose.graph.model import Graph as Picture
from .again import graph
from .base import Result, picture


class Graph(Result):
    """Who hangs on which bridge with which address: ``lab.graph()``. It is what a lab that is up
    shows in a notebook.

    >>> with Lab() as lab:
    ...     web = lab.container("web", lab.network("front"))
    ...     lab.up()
    ...     graph = lab.graph()
    >>> graph, graph.places
    (<Graph: 3 places, 2 networks>, ('host', 'outside', 'web'))
    >>> "<svg" in graph.svg, graph.mermaid.partition("\\n")[0]
    (True, 'flowchart LR')
    """

    @property
    def places(self) -> tuple[str, ...]:
        """The network stacks in it, by name."""
        return tuple(name for card in self._picture.cards for name in card.names)

    @property
    def svg(self) -> str:
        """As SVG."""
        return self._svg

    @property
    def mermaid(self) -> str:
        """As Mermaid, for Markdown."""
        from ...show.graph.mermaid import mermaid

        return mermaid(self._picture)

    @property
    def dot(self) -> str:
        """As dot, for Graphviz."""
        from ...show.graph.dot import dot

        return dot(self._picture)

    @cached_property
    def _picture(self) -> Picture:
        return graph(self._told["data"])

    def _lines(self) -> list[str]:
        from ...show.graph.text import text

        return text(self._picture).rstrip("\n").split("\n")

    @cached_property
    def _svg(self) -> str:
        from ...show.graph.svg import svg

        return svg(self._picture)

    def _repr_svg_(self) -> str:
        """The picture."""
        return self._svg

    def _pictures(self) -> dict[str, str]:
        return picture(self._svg)

    def __repr__(self) -> str:
        from ...show.words import count

        places = count(len(self._picture.cards), "place")
        return f"<Graph: {places}, {count(len(self._picture.lans), 'network')}>"
