"""The files of one load: each read once, filled with variables, and laid over one another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .files import read_text
from .interpolate import interpolate_map
from .merge import overlay, without_resets
from .parse import parse
from .place import Place, Problems, Source
from .substitute import Variables
from .tree import Map, is_null, kind

if TYPE_CHECKING:
    from .include import Inclusion

#: Inclusions in one load, those inside others counted.
MAX_INCLUDES = 300


class Library:
    """Reads compose files into one model, noting what is wrong with them."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._includes = 0
        self._parsed: dict[tuple[str, str], list[Map]] = {}

    def documents(self, path: str, directory: str, at: Place | None = None) -> list[Map]:
        """The documents of the file `path`, whose relative paths start from `directory`.

        `at` is the place that names the file; without one the user did.
        """
        key = (os.path.realpath(path), directory)
        if key not in self._parsed:
            self._parsed[key] = self._read(path, directory, at)
        return self._parsed[key]

    def _read(self, path: str, directory: str, at: Place | None) -> list[Map]:
        source = Source(path, directory)
        start = Place(source, 1)
        what = f'file "{path}"' if at else "this file"
        text = read_text(path, at or start, what, self.problems)
        if text is None:
            return []
        nodes = parse(text, source, self.problems)
        if not nodes and not self.problems:
            self.problems.add(start, "the file is empty: write services: and a service below it")
        # An empty document, as a closing --- leaves behind, says nothing.
        nodes = [node for node in nodes if not is_null(node)] or nodes
        for node in nodes:
            if not isinstance(node, Map):
                text = f"the file is {kind(node)}: it must be a mapping, as services: {{…}}"
                self.problems.add(node.at, text)
        return [node for node in nodes if isinstance(node, Map)]

    def model(
        self,
        paths: list[str],
        directory: str,
        variables: Variables,
        at: Place | None = None,
        chain: tuple[str, ...] = (),
    ) -> Map | None:
        """All files of `paths` laid over one another, with their includes and extensions."""
        model: Map | None = None
        for path in paths:
            for document in self.documents(path, directory, at):
                layer = self._layer(document, path, model, variables, (*chain, path))
                model = overlay(model, layer)
        return model

    def _layer(
        self,
        document: Map,
        path: str,
        below: Map | None,
        variables: Variables,
        chain: tuple[str, ...],
    ) -> Map:
        layer = interpolate_map(document, variables, self.problems)
        if layer.get("include"):
            layer = self._with_included(layer, variables, chain)
        if extends_any(layer):
            from .extends import Extender

            layer = Extender(self.documents, variables, self.problems).applied(layer, path, below)
        return layer if below else without_resets(layer)

    def _with_included(self, layer: Map, variables: Variables, chain: tuple[str, ...]) -> Map:
        from .include import imported, inclusions

        for inclusion in inclusions(layer, self.problems):
            other = self._included(inclusion, variables, chain)
            layer = imported(layer, other, self.problems) if other else layer
        return layer

    def _included(
        self, inclusion: Inclusion, variables: Variables, chain: tuple[str, ...]
    ) -> Map | None:
        seen = {os.path.realpath(path) for path in chain}
        first = inclusion.paths[0]
        if os.path.realpath(first) in seen:
            self.problems.add(inclusion.at, f'include "{first}": it includes itself: remove it')
            return None
        self._includes += 1
        if self._includes > MAX_INCLUDES:
            # Two includes in each of twenty files would already be a million.
            self.problems.add(inclusion.at, f"more than {MAX_INCLUDES} includes: use fewer")
            return None
        own = inclusion.variables(variables, self.problems)
        return self.model(inclusion.paths, inclusion.directory, own, inclusion.at, chain)


def extends_any(document: Map) -> bool:
    """Whether any service of `document` starts from another."""
    services = document.get("services")
    nodes = services.entries.values() if isinstance(services, Map) else ()
    return any(isinstance(node, Map) and "extends" in node.entries for node in nodes)
