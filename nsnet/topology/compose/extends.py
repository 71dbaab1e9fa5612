"""``extends:``: a service that starts from another one, here or in another file."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from .coerce import text
from .files import beside
from .interpolate import interpolate_map
from .merge import merge, overlay
from .place import Place, Problems, suggestion
from .substitute import Variables
from .tree import Map, Node, Scalar

#: Services that extend services that extend services.
MAX_CHAIN = 30

Documents = Callable[[str, str, Place], list[Map]]


class _Shelf(NamedTuple):
    """Where a service may be extended from: the services of one file."""

    path: str
    services: Map


class Extender:
    """Applies the extensions of one file; `documents` opens the other files."""

    def __init__(self, documents: Documents, variables: Variables, problems: Problems) -> None:
        self._documents = documents
        self._variables = variables
        self._problems = problems
        self._finished: dict[tuple[str, str], Map] = {}
        self._shelves: dict[str, _Shelf | None] = {}

    def applied(self, document: Map, path: str, below: Map | None) -> Map:
        """`document` with every service extended; `below` are the files merged before it."""
        services = document.get("services")
        if not isinstance(services, Map):
            return document
        earlier = below.get("services") if below else None
        known = dict(earlier.entries) if isinstance(earlier, Map) else {}
        shelf = _Shelf(path, services.replaced({**known, **services.entries}))
        extended = {
            name: self._extended(name, node, shelf, ()) for name, node in services.entries.items()
        }
        return document.replaced({**document.entries, "services": services.replaced(extended)})

    def _extended(self, name: str, node: Node, shelf: _Shelf, chain: tuple[str, ...]) -> Node:
        extension = _extension(node)
        if extension is None or not isinstance(node, Map):
            return node
        key = (shelf.path, name)
        if key not in self._finished:
            own = {k: v for k, v in node.entries.items() if k != "extends"}
            base = self._base(name, extension, shelf, chain)
            body = node.replaced(own)
            merged = merge(base, body, ("services", name)) if base else body
            self._finished[key] = merged if isinstance(merged, Map) else body
        return self._finished[key]

    def _base(
        self, name: str, extension: Node, shelf: _Shelf, chain: tuple[str, ...]
    ) -> Node | None:
        """What service `name` starts from, itself extended."""
        what = f"service {name}: extends"
        named = extension.get("service") if isinstance(extension, Map) else extension
        wanted = text(named, what, self._problems)
        if not wanted:
            self._problems.add(extension.at, f"{what} names no service: write service: NAME")
            return None
        file = extension.get("file") if isinstance(extension, Map) else None
        other = self._shelf(file, what) if isinstance(file, Scalar) and file.text else shelf
        if other is None:
            return None
        step = f"{other.path}\0{wanted}"
        chain = (*chain, f"{shelf.path}\0{name}")
        if step in chain or len(chain) > MAX_CHAIN:
            self._problems.add(
                extension.at, f'{what}: "{wanted}" leads back here: break the circle'
            )
            return None
        return self._found(wanted, other, chain, extension.at, what)

    def _found(
        self, wanted: str, shelf: _Shelf, chain: tuple[str, ...], at: Place, what: str
    ) -> Node | None:
        node = shelf.services.entries.get(wanted)
        if node is None:
            cure = suggestion(wanted, shelf.services.entries)
            self._problems.add(at, f'{what}: no service "{wanted}" in {shelf.path}: {cure}')
            return None
        return self._extended(wanted, node, shelf, chain)

    def _shelf(self, file: Scalar, what: str) -> _Shelf | None:
        """The services of another file; its own paths start from where it lies."""
        path = beside(file.at.source.directory, file.text)
        if path not in self._shelves:
            self._shelves[path] = self._opened(path, file, what)
        return self._shelves[path]

    def _opened(self, path: str, file: Scalar, what: str) -> _Shelf | None:
        documents = self._documents(path, os.path.dirname(path) or ".", file.at)
        merged: Map | None = None
        for document in documents:
            merged = overlay(merged, interpolate_map(document, self._variables, self._problems))
        if merged is None:
            return None
        services = merged.get("services")
        if isinstance(services, Map):
            return _Shelf(path, services)
        self._problems.add(file.at, f'{what}: file "{path}" has no services: name another')
        return None


def _extension(node: Node) -> Node | None:
    return node.get("extends") if isinstance(node, Map) else None
